"""Questions: what is asked, which wrong answers mean something, how an answer is graded.

Nothing here imports torch or Textual, and nothing here runs a program: what a run gives comes in as plain values.
"""

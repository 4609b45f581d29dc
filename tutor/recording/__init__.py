"""What was seen while a program ran: the steps, the state at each of them, the file they live in.

Nothing here imports torch or Textual, and nothing here runs a program's code.
"""

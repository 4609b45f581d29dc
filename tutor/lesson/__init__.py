"""What a lesson is: its cells, its questions and marks, and the pack it belongs to.

Nothing here imports torch or Textual, and nothing here runs a lesson.
"""

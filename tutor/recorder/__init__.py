"""Runs a program in a child process and sees every torch operation of it.

``process`` is the parent's side and imports no torch; everything else runs in the child.
"""

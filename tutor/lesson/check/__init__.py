"""Proving lessons right: each rule that a lesson must keep, and what is said where it does not.

A rule looks at a lesson that was read, at the pack around it, and at what was seen when it ran. Who runs it is not
known here: ``checking.check`` is given something that does.
"""

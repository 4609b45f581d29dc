"""Errors, warnings and silent failures, each with the program that has it and the one that does it right."""

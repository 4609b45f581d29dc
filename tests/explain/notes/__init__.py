"""Mistakes that raise no error, each with the program that makes it and the one that does not."""

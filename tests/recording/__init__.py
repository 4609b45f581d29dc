"""Tests of the recording: the store, the file, the questions that can be asked of it."""

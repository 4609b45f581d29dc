"""Tests of the room that keeps what the learner has done."""

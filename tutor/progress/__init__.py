"""What the learner has done: where each lesson was left, which files were opened, what was set. Kept with SQLite."""

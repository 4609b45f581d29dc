"""What the recorder sees of real programs, each run in a real child."""

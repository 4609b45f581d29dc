"""What the screens need to ask questions: where the stepper asks, what runs for an answer, and what is kept of it."""

"""The same recording as text for people without a screen, and as JSON for machines. Only reads recordings."""

"""Writing, judging, showing and holding."""

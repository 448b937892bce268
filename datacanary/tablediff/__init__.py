"""Two tables become an exact difference."""

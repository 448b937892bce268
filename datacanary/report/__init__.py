"""A run becomes text."""

"""A git revision becomes a project."""

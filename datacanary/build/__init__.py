"""A plan becomes tables in isolated schemas."""

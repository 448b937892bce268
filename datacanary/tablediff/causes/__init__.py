"""What explains a difference, found in the rows that differ."""

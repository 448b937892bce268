"""Which rows of two tables can differ, by checksums that PostgreSQL reckons."""

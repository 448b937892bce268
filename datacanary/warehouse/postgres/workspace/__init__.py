"""A run's own schemas in a PostgreSQL database, in which plain SQL is built."""

"""Production in a PostgreSQL database, open for writing: what is swapped, kept, restored and written down."""

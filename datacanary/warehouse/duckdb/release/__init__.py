"""Production in a DuckDB file, open for writing: what is swapped, kept, restored and written down."""

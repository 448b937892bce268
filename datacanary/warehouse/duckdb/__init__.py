"""DuckDB: one file is the warehouse."""

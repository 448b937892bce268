"""What datacanary remembers in a PostgreSQL database: its own tables, whose they are, the schemas registered there."""

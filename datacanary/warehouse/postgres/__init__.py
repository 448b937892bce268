"""PostgreSQL: one database is the warehouse."""

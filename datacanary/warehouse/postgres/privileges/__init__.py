"""What the role of a connection may do in a PostgreSQL database."""

"""Texts of SQL as sqlglot reads them, each parsed once."""

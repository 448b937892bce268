"""dbt's manifest: its text becomes values, and these a project."""

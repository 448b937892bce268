"""The user's own dbt as another process: its profile, its private folders, what it says and leaves behind."""

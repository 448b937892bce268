"""What is special about dbt projects: the user's own dbt parses and builds both versions, each in a private folder."""

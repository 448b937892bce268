"""The demo's shop: its rows, its models, and a git repository with a bug to find."""

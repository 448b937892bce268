"""Two projects become a plan."""

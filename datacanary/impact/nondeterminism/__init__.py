"""Where a model's query can give other rows or values each time it runs, and which of its columns that reaches."""

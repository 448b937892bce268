"""What a query means: fingerprints of its row set and of each of its columns, equal only where the data is."""

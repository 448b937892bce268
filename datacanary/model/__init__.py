"""The values that cross stages: frozen, compared by value, with no behaviour but questions."""

"""What functions do: whether a call gives one value for its arguments, and no other the next time."""

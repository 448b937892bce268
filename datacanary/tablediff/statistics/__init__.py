"""What the values of the columns are like, and how far head's are from base's: counted exactly, over all rows."""

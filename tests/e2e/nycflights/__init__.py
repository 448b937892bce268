"""A project on the five tables of New York's flights of 2013, changed as people change such projects."""

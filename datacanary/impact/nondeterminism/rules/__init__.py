"""One file per kind of instability; each has a `RULE`, and `registry.py` lists them."""

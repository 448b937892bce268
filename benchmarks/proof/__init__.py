"""Tries to refute the fingerprints: queries are changed at random, both versions run, and the claims are checked."""

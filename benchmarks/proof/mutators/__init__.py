"""What is done to queries: ways that keep the meaning, and ways that can change it.

A mutator changes a draft in place and tells whether it found a place for that. None of them is trusted: both versions
are run, whatever it was meant to do.
"""

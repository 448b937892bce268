"""What holds for all tests: none is judged by the clock, since machines are slow at times."""

from hypothesis import settings

# Each run draws others.
settings.register_profile("untimed", deadline=None, max_examples=60)
settings.load_profile("untimed")

"""What holds for all tests: none is judged by the clock, since machines are slow at times."""

from hypothesis import settings

settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")

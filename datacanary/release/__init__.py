"""Judged tables become production, and back."""

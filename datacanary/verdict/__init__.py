"""Differences and a policy become a verdict."""

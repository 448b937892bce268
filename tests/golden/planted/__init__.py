"""Mistakes that people make with tables, planted into real-looking ones, to see whether they are found out."""

"""The command line: one file per command; alone prints and exits."""

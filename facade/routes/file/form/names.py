"""Patterns of names in the route file."""

NAME = r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}"
TOKEN = r"[A-Za-z0-9!#$%&'*+.^_`|~-]+"
PART = r"[A-Za-z_][A-Za-z0-9_-]{0,63}"  # a member of an answer
JSON_PATH = r"\$.*"

"""Patterns of names in the route file."""

NAME = r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}"
TOKEN = r"[A-Za-z0-9!#$%&'*+.^_`|~-]+"
JSON_PATH = r"\$.*"

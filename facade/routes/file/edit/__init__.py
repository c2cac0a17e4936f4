"""Edits of the route file: a `flip` is `cuts` in the text, written by `replacing`."""

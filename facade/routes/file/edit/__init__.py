"""Edits of the route file: a `flip` is `cuts` in the text, made `alone` in their folder."""

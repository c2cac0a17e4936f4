"""Kinds of values in the route file: `values`, `quantities`, `structures`, and those of `rules`."""

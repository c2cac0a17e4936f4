"""Edits of the route file: a `flip`, or an `owner`, is `cuts` in the text, made `alone`."""

"""The database of the sales figures, by version."""

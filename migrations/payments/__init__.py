"""The database of the payments service, by version."""

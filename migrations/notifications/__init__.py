"""The database of the notifications service, by version."""

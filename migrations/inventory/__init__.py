"""The database of the inventory service, by version."""

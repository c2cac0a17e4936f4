"""The database of the orders service, by version."""

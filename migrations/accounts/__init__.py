"""The database of the accounts service, by version."""

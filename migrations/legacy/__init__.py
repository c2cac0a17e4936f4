"""The monolith's schema, by version."""

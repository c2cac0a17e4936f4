"""The product read model's schema, by version."""

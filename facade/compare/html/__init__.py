"""HTML pages: the `tree` a user sees and acts on, and the `difference` of two."""

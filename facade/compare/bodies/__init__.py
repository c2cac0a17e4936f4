"""A body becomes a document: `encodings` are undone, then `parse` reads it by content type."""

"""The books: one wish as four databases tell of it, and the laws that bind them."""

"""The books: one purchase as four databases tell of it, and the laws that bind them."""

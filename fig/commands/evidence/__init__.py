"""Commands about evidence: compare, lag."""

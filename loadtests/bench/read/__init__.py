"""`make bench-read`: reads beside the monolith's, at a million orders."""

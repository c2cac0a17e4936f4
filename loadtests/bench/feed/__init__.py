"""`make bench-feed`: from a commit in legacy to a visible row."""

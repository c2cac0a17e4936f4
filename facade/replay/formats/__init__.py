"""Recorded traffic: `reading` by file name, `har`, `flows`, and the `recorded` exchange of each."""

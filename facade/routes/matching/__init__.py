"""Finding the route of a request's target. Pure.

paths       every reading of a path
segments    the tree that finds a template
conditions  the host, headers and query by which routes of one path differ, and their order
spelling    case and a slash at the end: whether they count, and the route a path misses by them
"""

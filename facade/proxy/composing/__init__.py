"""Composed routes: several reads asked at once, and one answer made of theirs.

station   the parts under one deadline; the answer as soon as nothing can change it
part      one part: a request of its own, and the client of its exchange
found     the result of a part: its JSON, or why it is missing
caching   for how long the whole may be kept: the strictest of the parts
"""

"""`python -m tests.rigs.alone`: the tree without the monolith, in a folder of its own, and proof
that it stands: installed, its tests run, the shop brought up and sold from.

needing  which files need what goes, by what they import and name
copying  the copy, its environment
"""

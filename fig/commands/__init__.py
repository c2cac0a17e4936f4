"""One command per file, each named like its file and listed in `fig.__main__`.

`passed` has those that are the facade's own.
"""

"""One command per file, each named like its file and listed in `fig.__main__`."""

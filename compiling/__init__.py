"""Builds the data plane as C modules from the same sources: `make compile`.

sources   which files are compiled, and why the others are not
build     mypyc and the C compiler: sources in, C modules out
place     puts the C modules beside their sources, and takes them away
hook      the same for a wheel, where a compiler is found

Nothing here is imported by what it compiles. What runs is judged by `chassis/compiled.py`.
"""

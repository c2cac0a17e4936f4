"""What `fig retire` knows beyond the facade: who uses legacy and its database past it.

callers    who asked the monolith past the facade, by its log
sessions   who logged in to its database, by PostgreSQL's log and the sessions of now
files      writes both
seen       a file for `fig retire --seen`
"""

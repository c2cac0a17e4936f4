"""What `fig retire` knows beyond the facade: the clients of legacy and its database that do not
come through it.

callers    clients of the monolith that do not come through the facade, by its log
sessions   roles that logged in to its database, by PostgreSQL's log and the open sessions
files      writes both
seen       a file for `fig retire --seen`
"""

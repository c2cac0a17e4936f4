"""The `fig` command, the local stack as data, and the supervisor that runs it.

In the order `fig up` meets them:
    __main__.py     the command; commands/ holds one file for each
    settings.py     what was ordered, and where it lives
    ports.py  credentials.py  places.py    what the stack is built with, here or in docker compose
    stack.py        every process as data; process.py, probes.py: what such data looks like
    session.py      one run of it: the composition root; detached.py: one that stays
    supervisor.py   all of them, in order; keeper.py: one, from start to end; standing.py: where
    children.py     real processes and their output; identity.py, warden.py: no orphans
    state.py  spool.py    how other commands find the stack, and ask it for something
    postgres.py  nats.py  databases.py    the engines, and what the services need in them
    progress.py  logs.py  admin.py    what people see

Nothing here imports the facade or a service: they are reached by process and HTTP.
"""

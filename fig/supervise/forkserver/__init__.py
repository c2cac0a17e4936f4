"""Starts Python processes as forks of one that has imported their libraries: a start spends its
time on imports, which every service would repeat, and libraries that are loaded once are in memory
once.

In the order in which a start meets them:
    client.py     the supervisor's side: asks for a process, and is its parent
    server.py     the process that holds the libraries, and forks
    libraries.py  what it holds: other people's code only. A process runs our own as it is on disk
    shown.py      what the system shows of a fork: its own command and environment

A fork server that is away, busy or older than the installed libraries costs time alone: then the
supervisor starts the process by its command.
"""

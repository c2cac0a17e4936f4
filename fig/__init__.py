"""The `fig` command, the local stack as data, and the supervisor that runs it.

__main__     the command; commands/ holds one file for each, by subject
settings     where the stack lives, and what was ordered      errors  what commands end with
stack/       every process of the shop as data
supervise/   one run of it: processes started in order, kept up, and ended together
clients/     how commands reach the running stack
output/      what people see
cutover/  retire/  farewell/   a domain changes its owner; its routes end; the monolith goes
tour/  demo/ the patterns walked through; the whole migration under load

Nothing here imports the facade or a service: they are reached by process and HTTP.
"""

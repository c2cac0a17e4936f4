"""The facade's own command line, one command per file, registered in `facade/commands/cli.py`.

init     write a first route file from what can be seen of a monolith
run      start the facade             check    judge a route file, and the step from an older one
flip     move a route to a stage      explain  where a request would go, and why
keys     API keys of machines, and another signing key
owner    who owns the data of a domain
schema   the route file's JSON Schema     sidecar  record, measure and break what legacy answers
replay   ask recorded questions again, and compare the answers

Exit codes: 0 done or good, 1 refused or a negative answer, 2 bad input or configuration.
"""

DONE = 0
REFUSED = 1
BAD_INPUT = 2

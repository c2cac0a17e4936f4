"""`fig trace`: where one request went, as a tree with times."""

from fig.clients.passing import command

trace = command("trace", "Show where a request went, from the facade to the mail.")

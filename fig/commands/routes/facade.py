"""`fig facade`: the facade alone, in front of any HTTP server."""

from fig.clients.passing import command

facade = command("facade", "Start the facade alone: it needs a route file and nothing else.")

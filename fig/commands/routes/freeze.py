"""`fig freeze`: nothing moves a route by itself."""

from fig.clients.passing import command

freeze = command("freeze", "Stop every automatic move, of guards and of walks.")

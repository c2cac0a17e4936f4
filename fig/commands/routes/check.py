"""`fig check`: judge a route file."""

from fig.clients.passing import command

check = command("check", "Check a route file: every error with line and column.")

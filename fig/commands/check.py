"""`fig check`: judge a route file."""

from fig.passing import command

check = command("check", "Check a route file: every error with line and column.")

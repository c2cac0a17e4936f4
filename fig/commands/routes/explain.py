"""`fig explain`: where a request would go, and why."""

from fig.clients.passing import command

explain = command("explain", "Say which side would answer METHOD PATH, and why.")

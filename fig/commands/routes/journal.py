"""`fig journal`: who moved what, when and why."""

from fig.clients.passing import command

journal = command("journal", "Show the journal of all moves, or verify it.")

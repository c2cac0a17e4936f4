"""`fig undo`: take the last move back."""

from fig.clients.passing import command

undo = command("undo", "Take the last move back, of ROUTE or of any.")

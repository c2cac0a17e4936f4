"""`fig init`: a first route file for a monolith of one's own."""

from fig.clients.passing import command

init = command("init", "Write a commented route file for the monolith at --legacy URL.")

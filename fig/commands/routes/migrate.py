"""`fig migrate`: walk routes to the new side, by the evidence."""

from fig.clients.passing import command

migrate = command("migrate", "Walk ROUTE[,ROUTE…] to the new side, step by step, by the evidence.")

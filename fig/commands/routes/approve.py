"""`fig approve`: a person's word for the step of a walk."""

from fig.clients.passing import command

approve = command("approve", "Say that the walk of ROUTE may take the step it waits with.")

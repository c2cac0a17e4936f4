"""`fig flip`: move a route to another stage."""

from fig.clients.passing import command

flip = command("flip", "Move ROUTE to STAGE [PERCENT], and see that every worker decides by it.")

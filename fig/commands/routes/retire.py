"""`fig retire`: the last stage of routes, where nothing needed legacy for long enough."""

from fig.clients.passing import command

retire = command("retire", "Retire ROUTE, the routes of DOMAIN or --all: nothing leads back.")

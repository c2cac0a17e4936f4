"""Options that several commands share."""

import click

from chassis.cli.options import as_url

# The value is a URL without a slash at its end, or None.
admin_option = click.option(
    "--admin",
    "address",
    metavar="ADDRESS",
    callback=as_url,
    envvar="FACADE_ADMIN",
    help="A facade's admin port: HOST:PORT, :PORT or a URL.  [default: of the running stack]",
)

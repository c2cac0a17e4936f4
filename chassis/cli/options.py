"""Conversions of options that several commands share."""

import click

from chassis.process.address import BadAddress, url


def as_url(_context: click.Context, _option: click.Parameter, value: str | None) -> str | None:
    """`:8081` and the like as URL, without a slash at its end; a usage error (exit 2) otherwise."""
    try:
        return None if value is None else url(value)
    except BadAddress as error:
        raise click.BadParameter(str(error)) from None

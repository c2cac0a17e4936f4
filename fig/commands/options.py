"""Options that several commands share."""

from collections.abc import Callable
from typing import Any, TypeVar

import click

Command = TypeVar("Command", bound=Callable[..., Any])


def json_option(command: str) -> Callable[[Command], Command]:
    """`--json`, also `FIG_<COMMAND>_JSON`."""
    return click.option(
        "--json",
        "as_json",
        is_flag=True,
        envvar=f"FIG_{command.upper()}_JSON",
        help="Answer in JSON, for programs.",
    )

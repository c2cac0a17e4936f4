"""Calls to the admin API whose refusals end the command with one message and what to do next."""

from collections.abc import Mapping
from typing import Any

from chassis.cli.calls import NoAnswer, Refusal, call_json
from chassis.cli.output import Output
from facade.commands import BAD_INPUT, REFUSED


def ask(
    out: Output, admin: str, path: str, query: Mapping[str, str | None], method: str = "GET"
) -> Any:
    """The JSON of the answer."""
    try:
        return call_json(f"{admin}{path}", query, method=method)
    except Refusal as refusal:
        code = BAD_INPUT if refusal.status in (400, 404, 422) else REFUSED
        out.fail(refusal.words("title", "detail"), code)
    except NoAnswer as error:
        out.fail(
            f"no facade answers at {admin} ({error.why}): start it (fig up, or fig facade),"
            " or name its admin port with --admin",
            REFUSED,
        )

"""Asking the running facade's admin API."""

from typing import Any

from chassis.cli.calls import NoAnswer, Refusal, call, call_object
from fig.errors import BadSetting, FigError


class AdminAway(FigError):
    """The admin address does not answer."""


def get(base: str, path: str, **query: str | None) -> dict[str, Any]:
    """The JSON object at the path. Raises AdminAway, or BadSetting with what the API objects to."""
    return _ask("GET", base, path, query)


def post(base: str, path: str, **query: str | None) -> dict[str, Any]:
    """As `get`."""
    return _ask("POST", base, path, query)


def text(base: str, path: str, **query: str | None) -> str:
    """The text at the path; raises as `get`."""
    try:
        return call(base + path, query).decode("utf-8")
    except NoAnswer as error:
        raise _error(base, error) from error


def _ask(method: str, base: str, path: str, query: dict[str, str | None]) -> dict[str, Any]:
    try:
        return call_object(base + path, query, method=method)
    except NoAnswer as error:
        raise _error(base, error) from error


def _error(base: str, error: NoAnswer) -> FigError:
    if isinstance(error, Refusal):
        return BadSetting(error.words("title", "detail"))
    return AdminAway(
        f"the facade's admin API at {base} does not answer ({error.why});"
        " is the facade running, and is this its --admin address?"
    )

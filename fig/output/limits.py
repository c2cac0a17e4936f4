"""The limits of a facade, for the terminal: which clients they refuse, or would refuse."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from chassis.cli.tables import table

HEAD: Final = (
    "limit", "mode", "rate", "burst", "let through", "refused", "would refuse", "most of"
)  # fmt: skip


def text(limits: Sequence[Mapping[str, Any]]) -> str:
    """A row for each limit, and what is wrong with it; empty where there are none."""
    if not limits:
        return ""
    rows = [
        (
            *(one["name"], one["mode"], one["rate"], one["burst"]),
            *(one["passed"], one["refused"], one["would_refuse"], most(one["who"])),
        )
        for one in limits
    ]
    return "\n".join([table(HEAD, rows), *_complaints(limits)])


def most(who: Sequence[Mapping[str, Any]]) -> str:
    """The client that was refused most often, and how often."""
    return f"{who[0]['key']} ({who[0]['times']})" if who else ""


def _complaints(limits: Sequence[Mapping[str, Any]]) -> list[str]:
    said = []
    for one in limits:
        if one["unchecked"]:
            said.append(f"{one['name']}: {one['unchecked']} not counted: the memory failed")
        if one["keyless"]:
            said.append(f"{one['name']}: {one['keyless']} not counted: without any of its keys")
        if one["forgotten"]:
            said.append(f"{one['name']}: {one['forgotten']} keys dropped to make room")
    return said

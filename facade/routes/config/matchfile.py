"""What the operator wrote of the requests that a route takes, beside their method and path."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Condition:
    """`header:NAME`, `query:NAME` or `cookie:NAME`, and the values that count; `*`: any."""

    values: tuple[str, ...]
    source: str = ""

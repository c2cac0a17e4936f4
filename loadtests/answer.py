"""An answer of the shop as the checks see it: no sockets, no Locust."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

EXCERPT = 120


class Wrong(Exception):
    """An answer is not what a customer may expect; the message says what, in a few words."""


@dataclass(frozen=True)
class Answer:
    """Status 0 means that nothing came back; `error` then says why."""

    status: int
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    error: str = ""
    url: str = ""

    @property
    def text(self) -> str:
        return self.body.decode("utf-8", "replace")

    def expect(self, *statuses: int) -> None:
        """Raise Wrong unless the status is one of these."""
        if self.status == 0:
            raise Wrong(f"no answer: {self.error}")
        if self.status not in statuses:
            wanted = " or ".join(map(str, statuses))
            raise Wrong(f"status {self.status} instead of {wanted}: {self.text[:EXCERPT]}")

    def json(self, *statuses: int) -> dict[str, Any]:
        """The JSON object in the body. Raises Wrong for another status, type or shape."""
        self.expect(*(statuses or (200,)))
        kind = self.headers.get("content-type", "")
        if not kind.startswith(("application/json", "application/problem+json")):
            raise Wrong(f"content type '{kind}' instead of application/json")
        try:
            value = json.loads(self.body)
        except ValueError:
            raise Wrong(f"not JSON: {self.text[:EXCERPT]}") from None
        if not isinstance(value, dict):
            raise Wrong(f"a JSON {type(value).__name__} instead of an object")
        return value

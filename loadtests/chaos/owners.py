"""Domains change hands among everything else that goes wrong: ordered at the owning service.

`fig cutover` would look first whether all is well. Here nothing is, and the protocol has to do.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

from chassis.cli.calls import NoAnswer, Refusal, call_object
from contracts.cutover import OWNING, path
from loadtests.chaos.stack import Stack

PATIENCE_SECONDS = 30.0  # for the end of an attempt, and for a service that was killed
LEGACY, NEW, MOVING = "legacy", "new", "moving"
# Routes that chaos flips: while the new side is the owner they are at `new`.
NEEDED = {"orders": ("place-order", "cancel-order"), "goods": (), "accounts": ()}


class Owners:
    """Of the domains of one stack."""

    def __init__(self, stack: Stack) -> None:
        self._stack = stack

    def move(self, domain: str) -> str:
        """To its other owner; what came of it."""
        standing = self._settled(domain)
        if standing is None:
            return f"{domain} is not moved: its service is away"
        toward = LEGACY if standing["owner"] == NEW else NEW
        with self._stack.editing:
            refused = self._pinned(domain, toward)
        if refused:
            return f"{domain} to {toward} refused: {refused}"
        ordered = self._ask(domain, {"toward": toward, "operator": f"chaos {time.time():.3f}"})
        ended = self._settled(domain)
        self._write_down(domain, ended or standing)
        owner = (ended or standing)["owner"]
        if owner == toward:
            return f"{domain} is owned by {toward}"
        why = (ended or {}).get("words") or (ordered or {}).get("detail") or "no answer"
        return f"{domain} stays with {owner}: {why}"

    def settle(self, domain: str) -> str:
        """Whose it is in the end, also by the route file."""
        standing = self._settled(domain)
        if standing is None:
            return f"{domain}: its service does not say whose it is"
        self._write_down(domain, standing)
        return f"{domain} is owned by {standing['owner']} in the end"

    def home(self, domain: str) -> str:
        """To legacy, if it is not there. The last word on it."""
        standing = self._settled(domain)
        if standing is None or standing["owner"] == LEGACY:
            return f"{domain} is owned by legacy"
        return self.move(domain)

    def _pinned(self, domain: str, toward: str) -> str:
        """Routes and file as a move needs them; why not, or empty."""
        if toward == NEW:
            for route in NEEDED[domain]:
                said = self._stack.flip(route, ("new",))
                if "refused" in said:
                    return said
        return self._own(domain, MOVING)

    def _write_down(self, domain: str, standing: Mapping[str, Any]) -> None:
        """The file says what the record says."""
        with self._stack.editing:
            if self._own(domain, standing["owner"]):  # it takes no jump
                self._own(domain, MOVING)
                self._own(domain, standing["owner"])

    def _own(self, domain: str, owner: str) -> str:
        done = self._stack.facade("owner", domain, owner)
        said = (done.stderr or done.stdout).strip().splitlines()
        return "" if done.returncode == 0 else (said or ["it did not say why"])[-1]

    def _settled(self, domain: str) -> dict[str, Any] | None:
        """Once no attempt is under way; None: nobody says so for too long."""
        until = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < until:
            found = self._ask(domain)
            if found is not None and found.get("phase") == "settled":
                return found
            time.sleep(0.2)
        return None

    def _ask(self, domain: str, order: Mapping[str, str] | None = None) -> dict[str, Any] | None:
        """Of any instance of its service that answers."""
        name, method = OWNING[domain], "GET" if order is None else "POST"
        for instance in (name, f"{name}-2"):
            url = f"http://127.0.0.1:{self._stack.state['ports'].get(instance)}{path(domain)}"
            try:
                return call_object(url, method=method, body=order)
            except Refusal as error:
                return dict(error.problem)
            except NoAnswer:
                continue
        return None

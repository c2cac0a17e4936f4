"""One call of `fig cutover`: mend, check, move; or close the window."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, NoReturn, Protocol

import click

from chassis.cli.output import Output
from fig.cutover import checks, report
from fig.cutover.checks import Check, Looked
from fig.cutover.mending import File, disagreement, mend
from fig.cutover.moving import Move, Moves
from fig.cutover.owning import NEW, OwningService, Standing
from fig.errors import NEGATIVE, FigError


class Hears(Protocol):
    """The services that keep copies; see heard.Heard."""

    def wait(self) -> list[str]:
        """The names of those that do not know yet that the window is closed."""


@dataclass(slots=True)
class Call:
    """`look(toward, standing)` collects what is checked. A method ends the process or returns."""

    owning: OwningService
    file: File
    look: Callable[[str, Standing], Looked]
    mover: Moves
    out: Output
    heard: Hears
    moves: list[Move] = field(default_factory=list)

    @property
    def domain(self) -> str:
        return self.owning.domain

    def settle(self) -> None:
        """Wait for an attempt that is under way, and mend the file where it disagrees."""
        there = self.file.of(self.domain)  # first of all: whether the file has such a domain
        standing = self.owning.standing()
        if standing.settled and disagreement(standing, there):
            standing = self.owning.withdraw()  # of a command that was killed
        if not standing.settled:
            self.out.say(f"{standing.operator} moves {self.domain} ({standing.phase}): waiting")
            standing = self.owning.until_settled(lambda _: None)
        mended = mend(self.domain, standing, self.file)
        if mended:
            self.out.say(mended)

    def run(self, toward: tuple[str, ...], *, dry_run: bool) -> NoReturn:
        """Move it along these owners; ends at the first that does not come about."""
        found: list[Check] = []
        for owner in toward:
            standing = self.owning.standing()
            if standing.owner == owner and not dry_run:
                self.out.say(f"{self.domain} is already owned by {owner}")
                continue
            found = self._checked(owner, standing)
            if dry_run:
                break
            self.out.say(f"moving {self.domain} to {owner}")
            done = self.mover.move(owner)
            self.moves.append(done)
            self.out.say(report.move(done, self.domain))
            if not done.good:
                self._end(found, ok=False)
        self._end(found, ok=True)

    def _checked(self, toward: str, standing: Standing) -> list[Check]:
        """The checks; ends the call where one fails."""
        found = checks.judge(self.look(toward, standing))
        self.out.say(report.checks(found))
        if any(one.good is False for one in found):
            self.out.warn(f"{self.domain} was not moved: see NO above")
            self._end(found, ok=False)
        return found

    def close(self, *, dry_run: bool, sure: bool) -> NoReturn:
        """End the window, which nothing opens again; asks, unless it is `sure`."""
        standing = self.owning.standing()
        if standing.owner != NEW:
            raise FigError(f"{self.domain} has no window: {standing.owner} owns it")
        if standing.window == "closed":
            if not dry_run:
                self.owning.close()
            self.out.say(f"the window of {self.domain} is already closed: all is published again")
            self._end([], ok=True)
        found = checks.judge_closing(self.look(NEW, standing))
        self.out.say(report.checks(found))
        if any(one.good is False for one in found):
            self.out.warn(f"the window of {self.domain} stays open: see NO above")
            self._end(found, ok=False)
        self.out.say(report.CLOSING.format(domain=self.domain))
        if not dry_run:
            if not sure and not click.confirm("Close it?"):
                self._end(found, ok=False)
            mend(self.domain, self.owning.close(), self.file)
            self.out.say(f"the window of {self.domain} is closed")
            if missing := self.heard.wait():
                names = ", ".join(missing)
                self.out.warn(f"not informed yet: {names}; the feed must run until they are")
        self._end(found, ok=True)

    def _end(self, found: list[Check], *, ok: bool) -> NoReturn:
        if self.out.as_json:
            standing = self.owning.standing()
            document: dict[str, Any] = {
                "ok": ok, "domain": self.domain, "owner": standing.owner, "epoch": standing.epoch,
                "window": standing.window, "moves": [one.as_json() for one in self.moves],
                "checks": [
                    {"check": one.name, "ok": one.good, "words": one.words, "next": one.then}
                    for one in found
                ],
            }  # fmt: skip
            self.out.give(document, "")
        raise SystemExit(0 if ok else NEGATIVE)

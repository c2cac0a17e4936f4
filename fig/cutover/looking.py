"""Everything that the checks look at, asked of facade, services and legacy's database."""

import time
from collections.abc import Callable
from dataclasses import dataclass

from fig.clients import access, admin, services
from fig.cutover import verified, writers
from fig.cutover.checks import Looked
from fig.cutover.domains import Parts
from fig.cutover.owning import NEW, Standing
from fig.cutover.routefile import RouteFile
from fig.settings import Home
from fig.stack.addresses import database_url
from fig.supervise.state import StackState


@dataclass(frozen=True, slots=True)
class Look:
    """Of one domain of a running stack."""

    home: Home
    found: StackState
    domain: str
    parts: Parts
    bound: float
    say: Callable[[str], None]

    def __call__(self, toward: str, standing: Standing) -> Looked:
        """Look once; the verification runs where the last one is too old. Raises FigError."""
        place = access.place(self.home, self.found)
        return Looked(
            domain=self.domain,
            toward=toward,
            standing=standing,
            in_file=RouteFile(self.found).of(self.domain),
            facade=admin.get(self.found.urls["admin"], "/api/status"),
            bound=self.bound,
            parked=_parked(self.home, self.parts),
            writers=writers.look(database_url(place, "postgres", "legacy"), self.domain),
            verified=self._equal(standing.epoch) if toward == NEW else None,
        )

    def _equal(self, epoch: int) -> verified.Verified:
        """The last verification under this owner, or a new one."""
        kept = verified.kept(self.home, self.domain, epoch, time.time())
        if kept is not None:
            return kept
        services = self.parts.verified
        self.say(f"fig verify {' '.join(services)} ...")
        return verified.verify(self.home, self.found, self.domain, services, epoch)


def _parked(home: Home, parts: Parts) -> list[str]:
    query = {"phase": "parked", "limit": "100", "stuck": "false"}
    answers = [
        services.ask("GET", services.address(home, name, None), "/sagas", query)
        for name in parts.sagas
    ]
    return [str(one["id"]) for each in answers for one in each["sagas"]]

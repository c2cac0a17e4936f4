"""What repairs wrote: a file for each, written before its transaction is committed."""

import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from chassis.process.files import write_whole
from new_services.verify.repair.plan import Mend, Plan


class NoSuchRepair(Exception):
    """No journal of that name."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One repair of a service. `state`: begun, written (but perhaps lost), applied, undone.

    What is derived has no `before`: it is made of the rows, and so it is in both directions.
    """

    id: str
    service: str
    state: str
    at: str
    mends: tuple[Mend, ...]
    derive: Mapping[str, Sequence[str]] = field(default_factory=dict)  # as it was planned
    made_anew: tuple[str, ...] = ()  # of the mends and of these


class Journal:
    """A folder of them."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def begin(self, plan: Plan) -> Entry:
        """Write down what is about to be done."""
        moment = datetime.now(UTC)
        name = f"{moment:%Y%m%dT%H%M%S}-{plan.service}-{secrets.token_hex(2)}"
        at = moment.isoformat(timespec="milliseconds")
        derived = tuple(plan.made_anew)
        return self._write(
            Entry(name, plan.service, "begun", at, tuple(plan.mends), plan.derive, derived)
        )

    def settle(self, entry: Entry, state: str) -> Entry:
        """Write down what became of it."""
        return self._write(replace(entry, state=state))

    def read(self, name: str) -> Entry:
        """Raises NoSuchRepair, which lists those there are."""
        path = self._folder / f"{name}.json"
        if not path.is_file():
            known = ", ".join(sorted(each.stem for each in self._folder.glob("*.json")))
            raise NoSuchRepair(f"no repair is called {name} (there are: {known or 'none'})")
        return _entry(json.loads(path.read_text()))

    def entries(self) -> list[Entry]:
        """All, the oldest first."""
        return [self.read(path.stem) for path in sorted(self._folder.glob("*.json"))]

    def _write(self, entry: Entry) -> Entry:
        self._folder.mkdir(parents=True, exist_ok=True)
        path = self._folder / f"{entry.id}.json"
        write_whole(path, json.dumps(asdict(entry), indent=1), lasting=True)
        return entry


def _entry(raw: dict[str, Any]) -> Entry:
    mends = tuple(Mend(**each) for each in raw["mends"])
    return Entry(**{**raw, "mends": mends, "made_anew": tuple(raw.get("made_anew", ()))})

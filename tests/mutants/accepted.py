"""The survivors that are known: accepted.yaml, by file, each with the reason.

    chassis/saga/logic.py:
      - change: "next_move: state.due > now -> state.due >= now"
        equivalent: why no caller can tell the difference; it counts neither way
      - change: ...
        survives: why it is left so; it counts as not killed

An entry whose change there is no more, or which a test kills by now, is stale, and an error.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import yaml

from tests.mutants.changes import changes
from tests.rigs.house import source

FILE = Path(__file__).with_name("accepted.yaml")


@dataclass(frozen=True)
class Entry:
    """A survivor that is known."""

    path: str
    name: str
    reason: str
    equivalent: bool


Accepted = Mapping[tuple[str, str], Entry]


def read(text: str) -> Accepted:
    """The list. Raises ValueError."""
    found: dict[tuple[str, str], Entry] = {}
    for path, entries in (yaml.safe_load(text) or {}).items():
        for each in entries:
            kinds = each.keys() - {"change"}
            one_reason = kinds in ({"equivalent"}, {"survives"}) and "change" in each
            if not one_reason or not all(each.values()):
                raise ValueError(
                    f"{path}: {each}: expected `change` and a reason, as `equivalent` or `survives`"
                )
            kind = kinds.pop()
            name = each["change"]
            if (path, name) in found:
                raise ValueError(f"{path}: {name}: it is there twice")
            found[path, name] = Entry(path, name, each[kind], kind == "equivalent")
    return found


def stale(accepted: Accepted) -> list[str]:
    """Entries whose file or change there is no more."""
    there = {
        (path, change.name)
        for path in {path for path, _ in accepted}
        if path in source.sources()
        for change in changes(path)
    }
    return [f"{path}: {name}" for path, name in accepted if (path, name) not in there]


def load(file: Path = FILE) -> Accepted:
    """The committed list."""
    return read(file.read_text(encoding="utf-8"))


def killed_by_now(accepted: Accepted, killed: Iterable[tuple[str, str]]) -> list[str]:
    """Entries that a test kills."""
    return [f"{path}: {name}" for path, name in killed if (path, name) in accepted]

"""What came of it: a row for each target and file, then the survivors."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from tests.mutants.accepted import Accepted
from tests.mutants.session import Result

WANTED = 0.9  # of the changes that are not equivalent


@dataclass(frozen=True)
class Row:
    """What the tests noticed of some changes; equivalent ones are left out of `all`."""

    name: str
    killed: int
    all: int
    equivalent: int

    @property
    def share(self) -> float:
        """Killed of all; 1 where there is nothing to kill."""
        return self.killed / self.all if self.all else 1.0

    def line(self) -> str:
        """As a row of a table in Markdown."""
        return (
            f"| {self.name} | {self.killed} / {self.all} | {self.share:.1%} | {self.equivalent} |"
        )


HEAD = "| file | killed / all | share | equivalent |\n|---|---|---|---|"


def row(name: str, results: Iterable[Result], accepted: Accepted) -> Row:
    """These results, counted."""
    counted = [(one.killed, _is_equivalent(one, accepted)) for one in results]
    return Row(
        name,
        sum(killed for killed, _ in counted),
        sum(killed or not equivalent for killed, equivalent in counted),
        sum(equivalent and not killed for killed, equivalent in counted),
    )


def rows(target: str, results: Sequence[Result], accepted: Accepted) -> list[Row]:
    """A row for each file, and one for all of them."""
    paths = dict.fromkeys(one.change.path for one in results)
    by_path = [
        row(f"`{path}`", [one for one in results if one.change.path == path], accepted)
        for path in paths
    ]
    return [*by_path, row(f"**{target}**", results, accepted)]


def survivors(results: Iterable[Result], accepted: Accepted) -> list[str]:
    """A line for each that nothing killed, equivalent ones left out."""
    found = []
    for one in results:
        if not one.killed and not _is_equivalent(one, accepted):
            change = one.change
            entry = accepted.get((change.path, change.name))
            why = entry.reason if entry else f"{one.outcome}"
            found.append(f"{change.path}:{change.line}  {change.name}  ({why})")
    return found


def _is_equivalent(result: Result, accepted: Accepted) -> bool:
    entry = accepted.get((result.change.path, result.change.name))
    return entry is not None and entry.equivalent

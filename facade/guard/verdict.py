"""What a guard says of a route now, put together from what each of its parts found."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum

Number = int | float | str | None


class Kind(StrEnum):
    """From good to bad; the worst finding decides."""

    GO = "go"  # nothing speaks against the new side, and there is enough to say so
    HOLD = "hold"  # too little is known: neither back nor on
    PAUSE = "pause"  # in doubt: no further step, until the doubt is gone
    BACK = "back"  # a limit is refuted, or the new side is gone: toward legacy


ORDER = tuple(Kind)


@dataclass(frozen=True, slots=True)
class Finding:
    """One part's word: which part, how bad, in words and in numbers."""

    cause: str
    kind: Kind
    words: str
    numbers: dict[str, Number] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Verdict:
    """The worst finding, and all of them, the worst first."""

    kind: Kind
    cause: str
    words: str
    findings: tuple[Finding, ...] = ()

    @property
    def numbers(self) -> dict[str, Number]:
        """The figures of all findings, each named by its cause."""
        return {
            f"{found.cause}.{name}": value
            for found in self.findings
            for name, value in found.numbers.items()
        }


def together(findings: Iterable[Finding]) -> Verdict:
    """The verdict of these findings; without any there is nothing to say."""
    worst = sorted(findings, key=lambda found: -ORDER.index(found.kind))
    if not worst:
        return Verdict(Kind.HOLD, "", "nothing is watched")
    first = worst[0]
    alike = [found.words for found in worst if found.kind is first.kind]
    return Verdict(first.kind, first.cause, "; ".join(alike), tuple(worst))

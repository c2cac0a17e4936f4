"""The tables of each domain at the monolith. Data."""

from dataclasses import dataclass

from contracts.cutover import ECHO


@dataclass(frozen=True, slots=True)
class Domain:
    """`tables` in the order in which they are locked: what the monolith's transactions touch first
    comes first. `sequences`: by the name that the number is handed over under."""

    name: str
    tables: tuple[str, ...]
    sequences: tuple[tuple[str, str], ...] = ()

    @property
    def origin(self) -> str:
        """The replication origin of what the reverse feed writes."""
        return f"{ECHO}{self.name}"


GOODS = Domain("goods", ("product", "variant", "category"))

"""Which of the stack's services a domain concerns."""

from dataclasses import dataclass
from typing import Final

from contracts.cutover import OWNING
from fig.errors import BadSetting

BOOKS = "books"  # what binds several services together, as `fig verify` names it


@dataclass(frozen=True, slots=True)
class Parts:
    """`owning` has the record; `verified` hold read models of its data, or are the `books`;
    `sagas` write it; `copies` are kept by these, of the owner's own word once the window is closed.
    """

    owning: str
    verified: tuple[str, ...]
    sagas: tuple[str, ...]
    copies: tuple[str, ...]


DOMAINS: Final = {
    "goods": Parts(OWNING["goods"], ("catalog",), ("catalog",), ("orders", "inventory", "sales")),
    "orders": Parts(
        OWNING["orders"],
        ("orders", "inventory", "sales", BOOKS),
        ("orders", "inventory"),
        ("catalog", "inventory", "sales"),
    ),
    "accounts": Parts(OWNING["accounts"], ("accounts", "orders", "sales"), (), ("orders", "sales")),
}


def parts_of(domain: str) -> Parts:
    """Raises BadSetting for a domain that no service of the shop owns."""
    if domain not in DOMAINS:
        raise BadSetting(f"unknown domain '{domain}' (expected one of {', '.join(DOMAINS)})")
    return DOMAINS[domain]

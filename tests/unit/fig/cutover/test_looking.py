"""What the checks look at is asked of every part once."""

from pathlib import Path
from typing import Any, ClassVar

import pytest

from fig.cutover import looking
from fig.cutover.domains import DOMAINS
from fig.cutover.looking import Look
from fig.cutover.routefile import InFile
from fig.cutover.verified import Verified
from fig.cutover.writers import Writers
from fig.settings import Home
from tests.rigs.ownership.cutover import standing


class Found:
    """A running stack, as far as it is asked."""

    urls: ClassVar = {"admin": "http://admin"}


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every part is played; what they were asked."""
    seen: list[str] = []

    def ask(_method: str, base: str, path: str, query: dict[str, str]) -> dict[str, Any]:
        seen.append(f"{base}{path}?phase={query['phase']}")
        return {"sagas": [{"id": f"saga of {base}"}]}

    def look(url: str, domain: str) -> Writers:
        seen.append(f"{url} {domain}")
        return Writers()

    class File:
        def __init__(self, _found: object) -> None: ...

        def of(self, _domain: str) -> InFile:
            return InFile("legacy", "open", ())

    monkeypatch.setattr(looking.access, "place", lambda *_: None)
    monkeypatch.setattr(looking, "database_url", lambda _p, role, database: f"{role}@{database}")
    monkeypatch.setattr(looking, "RouteFile", File)
    monkeypatch.setattr(looking.admin, "get", lambda base, path: {"from": base + path})
    monkeypatch.setattr(looking.services, "address", lambda _h, name, _g: name)
    monkeypatch.setattr(looking.services, "ask", ask)
    monkeypatch.setattr(looking.writers, "look", look)
    monkeypatch.setattr(looking.verified, "kept", lambda *_: None)
    monkeypatch.setattr(looking.verified, "verify", lambda *_: Verified(0.0, 1, 0))
    return seen


def look(toward: str, say: list[str]) -> looking.Looked:
    one = Look(Home(Path("h")), Found(), "orders", DOMAINS["orders"], 0.01, say.append)  # type: ignore[arg-type]
    return one(toward, standing())


def test_there(asked: list[str]) -> None:
    said: list[str] = []
    looked = look("new", said)
    assert looked.parked == ["saga of orders", "saga of inventory"]
    assert looked.facade == {"from": "http://admin/api/status"}
    assert looked.verified is not None
    assert said == ["fig verify orders inventory sales books ..."]
    assert asked == [
        "orders/sagas?phase=parked", "inventory/sagas?phase=parked", "postgres@legacy orders",
    ]  # fmt: skip


def test_the_way_back_needs_no_verification(asked: list[str]) -> None:
    said: list[str] = []
    assert look("legacy", said).verified is None
    assert said == []


def test_one_that_is_fresh_is_not_made_again(
    asked: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = Verified(5.0, 1, 0)
    monkeypatch.setattr(looking.verified, "kept", lambda *_: kept)
    assert look("new", []).verified is kept

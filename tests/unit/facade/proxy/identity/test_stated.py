"""Whose a written domain is, as services say it; and what a client's mark makes of it."""

import pytest

from facade.http1.requests import read_request
from facade.proxy.identity.lastwrite import AfterTokens, LastWrite, Mark, stated
from facade.routes.config.routefile import ReadYourWrites

GOODS, ORDERS = frozenset({"goods"}), frozenset({"orders"})


@pytest.mark.parametrize(
    ("said", "found"),
    [
        (None, {}),
        (b"goods=new", {"goods": True}),
        (b"goods=legacy, orders=new", {"goods": False, "orders": True}),
        (b"goods=legacy,goods=new", {"goods": True}),
        (b"goods=new, goods=legacy", {"goods": True}),
        (b"goods, =, orders=moving, \xff=x", {}),
    ],
)
def test_what_is_said(said: bytes | None, found: dict[str, bool]) -> None:
    assert stated(said) == found


@pytest.mark.parametrize(
    ("before", "owners", "after"),
    [
        (Mark(), {}, Mark()),
        (Mark(), {"goods": True}, Mark(0, GOODS)),
        (Mark(0, GOODS), {"orders": False}, Mark(0, GOODS, ORDERS)),
        (Mark(0, GOODS, ORDERS), {"goods": False}, Mark(0, legacy=GOODS | ORDERS)),
        (Mark(0, legacy=GOODS), {"goods": True}, Mark(0, GOODS)),
        (Mark(0, GOODS), {}, Mark(0, GOODS)),
    ],
)
def test_a_mark_names_what_was_written_last(before: Mark, owners, after: Mark) -> None:
    now = 10**9
    tokens = AfterTokens(b"s")
    station = LastWrite(tokens, lambda: now * 1000)
    station.use(ReadYourWrites(by="header"), wanted=True)
    head = read_request(b"POST / HTTP/1.1\r\nHost: a", 10)
    head.after = tokens.make(before._replace(micros=now - 1))
    line = station.written(head, owners)
    given = line.removeprefix(b"Fig-After-Token: ").removesuffix(b"\r\n")
    assert tokens.read(given) == after._replace(micros=now)

"""While the new side owns the data legacy has a copy: it answers nobody who has just written."""

import pytest

LEGACY, NEW = 1000, 2000
ROUTES = """
upstreams:
  legacy: {url: "http://legacy.test:1000"}
  fresh:  {url: "http://new.test:2000", breaker: {minimum_calls: 1}}
domains: {goods: {owner: %s}}
routes:
  - {name: read, match: GET /read, new: fresh, domain: goods, stage: %s, compare: {sample: 100%%}}
"""
OWNERS = ["moving", "new"]
MARKS = ["Cookie: a=b; fig_after=x", "Fig-After-Token: x"]


def asked(door, mark: str) -> int | None:
    """The port of the side that a read with this mark is sent to; None: no side."""
    before = len(door.wire.dialled)
    client = door.client()
    head = (
        f"GET /read HTTP/1.1\r\nHost: a\r\n{mark}\r\n"
        if mark
        else "GET /read HTTP/1.1\r\nHost: a\r\n"
    )
    client.send(head.encode() + b"\r\n")
    dialled = door.wire.dialled[before:]
    return dialled[-1].transport.get_extra_info("peername")[1] if dialled else None


@pytest.mark.parametrize("stage", ["legacy", "shadow", "canary, percent: 0", "new"])
@pytest.mark.parametrize("mark", MARKS)
@pytest.mark.parametrize("owner", OWNERS)
def test_its_client_reads_on_the_owners_side(make_door, owner, mark, stage) -> None:
    door = make_door(ROUTES % (owner, stage))
    assert asked(door, mark) == NEW
    # Nor is legacy asked for comparison: what it lacks is no difference.
    assert [one.transport.get_extra_info("peername")[1] for one in door.wire.dialled] == [NEW]


@pytest.mark.parametrize(("owner", "mark"), [("new", ""), ("legacy", MARKS[0]), ("legacy", "")])
def test_everybody_else_reads_where_the_stage_says(make_door, owner, mark) -> None:
    assert asked(make_door(ROUTES % (owner, "legacy")), mark) == LEGACY


@pytest.mark.parametrize("breaker", [True, False])
@pytest.mark.parametrize("mark", MARKS)
@pytest.mark.parametrize("owner", ["legacy", *OWNERS])
def test_legacy_answers_in_its_place_only_where_it_has_the_write(
    make_door, owner, mark, breaker
) -> None:
    door = make_door(ROUTES % (owner, "new"))
    door.wire.refuse.add(NEW)
    if breaker:
        asked(door, "")
        assert door.breakers("fresh")["read"] == "open"
    assert (asked(door, mark) == LEGACY) is (owner == "legacy")
    assert asked(door, "") == LEGACY

"""While the new side owns the data legacy has a copy: it answers nobody who has just written."""

import time

import pytest

from facade.proxy.identity.lastwrite import AfterTokens, Mark

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
MARKS = ["Cookie: a=b; fig_after=", "Fig-After-Token: "]
GOODS = frozenset({"goods"})


def asked(rig, mark: str, ago: float = 0.0, legacys: bool = False) -> int | None:
    """The port of the side that a read with this mark is sent to; None: no side. The goods were
    written so many seconds ago, by the new side or by legacy."""
    before = len(rig.wire.dialled)
    client = rig.client()
    tokens: AfterTokens = rig.gateway.identity.last_write._tokens
    micros = int((time.time() - ago) * 1e6)
    said = tokens.make(Mark(micros, legacy=GOODS) if legacys else Mark(micros, new=GOODS)).decode()
    line = f"{mark}{said}\r\n" if mark else ""
    client.send(f"GET /read HTTP/1.1\r\nHost: a\r\n{line}\r\n".encode())
    dialled = rig.wire.dialled[before:]
    return dialled[-1].transport.get_extra_info("peername")[1] if dialled else None


@pytest.mark.parametrize("stage", ["legacy", "shadow", "canary, percent: 0", "new"])
@pytest.mark.parametrize("mark", MARKS)
@pytest.mark.parametrize("owner", OWNERS)
def test_its_client_reads_on_the_owners_side(make_rig, owner, mark, stage) -> None:
    rig = make_rig(ROUTES % (owner, stage))
    assert asked(rig, mark) == NEW
    # Nor is legacy asked for comparison: what it lacks is no difference.
    assert [one.transport.get_extra_info("peername")[1] for one in rig.wire.dialled] == [NEW]


@pytest.mark.parametrize(("owner", "mark"), [("new", ""), ("legacy", MARKS[0]), ("legacy", "")])
def test_everybody_else_reads_where_the_stage_says(make_rig, owner, mark) -> None:
    assert asked(make_rig(ROUTES % (owner, "legacy")), mark) == LEGACY


@pytest.mark.parametrize("breaker", [True, False])
@pytest.mark.parametrize("mark", MARKS)
@pytest.mark.parametrize("owner", ["legacy", *OWNERS])
def test_legacy_answers_in_its_place_only_where_it_has_the_write(
    make_rig, owner, mark, breaker
) -> None:
    rig = make_rig(ROUTES % (owner, "new"))
    rig.wire.refuse.add(NEW)
    if breaker:
        asked(rig, "")
        assert rig.breakers("fresh")["read"] == "open"
    assert (asked(rig, mark) == LEGACY) is (owner == "legacy")
    assert asked(rig, "") == LEGACY


@pytest.mark.parametrize(("ago", "legacys"), [(61.0, False), (0.0, True)])
@pytest.mark.parametrize("mark", MARKS)
def test_a_mark_that_is_old_or_of_legacys_binds_no_client(make_rig, mark, ago, legacys) -> None:
    assert asked(make_rig(ROUTES % ("new", "legacy")), mark, ago, legacys) == LEGACY


@pytest.mark.parametrize("mark", [f"{each}forged" for each in MARKS])
def test_a_forged_mark_binds_no_client(make_rig, mark) -> None:
    assert asked(make_rig(ROUTES % ("new", "legacy")), mark) == LEGACY

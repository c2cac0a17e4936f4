"""A client's reads show its own writes while domains change owner, whichever side answers.

Each moment of a cutover, by each way a read can come to legacy: its stage, a read that was
declined, a new side that is away; with both feeds standing still.
"""

from random import Random
from typing import Any

import pytest

from tests.rigs.facade.workers.two_owners import DOMAINS, NEW, TwoOwners

# What has happened, of (the file says, the record switched), before the client writes.
MOMENTS: dict[str, tuple[str, ...]] = {
    "before": (),
    "the file says moving": ("moving",),
    "switched": ("moving", "switch"),
    "the file says new": ("moving", "switch", "new"),
    "going back": ("moving", "switch", "new", "moving"),
    "switched back": ("moving", "switch", "new", "moving", "switch"),
    "back": ("moving", "switch", "new", "moving", "switch", "legacy"),
}
STAGES = ("legacy", "shadow, compare: {sample: 100%}", "canary, percent: 0", "new")
WAYS = ("fresh", "declined", "away")


def go(shop: TwoOwners, domain: str, steps: tuple[str, ...]) -> None:
    for step in steps:
        if step == "switch":
            shop.switch(domain)
        else:
            shop.says(domain, step)


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("stage", STAGES)
@pytest.mark.parametrize("moment", MOMENTS)
def test_ones_own_write_is_shown(make_rig: Any, moment, stage, way) -> None:
    shop = TwoOwners(make_rig, {"shelf": stage, "list": "new"})
    go(shop, "goods", MOMENTS[moment])
    number = shop.write("goods")
    shop.behind = way == "declined" or shop.behind
    if way == "away":
        for peer in shop.rig.wire.dialled:
            peer.vanish()
        shop.rig.wire.refuse.add(NEW)
    answer = shop.read("goods")
    if answer.seen is not None:
        assert number in answer.seen, f"{answer.side} answered"
    else:
        assert (way, number in shop.legacy) == ("away", False)  # nobody can answer


@pytest.mark.parametrize("steps", [MOMENTS[name] for name in list(MOMENTS)[2:5]])
def test_a_page_of_another_domain_shows_it_too(make_rig, steps) -> None:
    """Goods are the new side's, orders are not: a checkout shows the price that was just saved."""
    shop = TwoOwners(make_rig)
    go(shop, "goods", steps)
    price = shop.write("goods")
    shop.behind = True
    answer = shop.read("orders")
    assert (answer.side, answer.past) == ("new", True)
    assert price in (answer.seen or ())


def test_what_legacy_alone_has_is_read_there(make_rig) -> None:
    """A shelf of the new side's, whose read model has not heard of the client's order."""
    shop = TwoOwners(make_rig)
    go(shop, "goods", MOMENTS["the file says new"])
    order = shop.write("orders")
    for domain in DOMAINS:
        answer = shop.read(domain)
        assert (answer.side, order in (answer.seen or ())) == ("legacy", True)


def test_with_writes_of_both_the_routes_own_domain_decides(make_rig) -> None:
    shop = TwoOwners(make_rig)
    go(shop, "goods", MOMENTS["the file says new"])
    price, order = shop.write("goods"), shop.write("orders")
    assert price in (shop.read("goods").seen or ())
    assert order in (shop.read("orders").seen or ())


def test_after_the_way_back_legacy_stands_in_as_before(make_rig) -> None:
    """The mark of a write under the new owner must not hide what was written since."""
    shop = TwoOwners(make_rig)
    go(shop, "goods", MOMENTS["the file says new"])
    shop.write("goods")
    go(shop, "goods", MOMENTS["back"][3:])
    later = shop.write("goods")
    answer = shop.read("goods")
    assert (answer.side, later in (answer.seen or ())) == ("legacy", True)


@pytest.mark.parametrize("moment", ["switched", "the file says new", "going back"])
def test_where_no_service_says_whose_it_is_the_file_does(make_rig: Any, moment) -> None:
    shop = TwoOwners(make_rig, {"shelf": "legacy", "list": "new"}, states=False)
    go(shop, "goods", MOMENTS[moment])
    assert shop.write("goods") in (shop.read("goods").seen or ())


def step(shop: TwoOwners, domain: str, dice: Random) -> None:
    """One of the steps that a cutover, its failure or the way back may take from here."""
    says, owner = shop.in_file[domain], shop.owner[domain]
    if says != "moving":
        shop.says(domain, "moving")
    elif dice.random() < 0.5:
        shop.switch(domain)
    else:
        shop.says(domain, owner)  # at the end of it, or where it came to nothing


@pytest.mark.parametrize("seed", range(40))
def test_in_any_order_of_things(make_rig: Any, seed: int) -> None:
    dice = Random(seed)
    stages = {name: dice.choice(STAGES) for name in ("shelf", "list")}
    shop, done = TwoOwners(make_rig, stages), [str(stages)]
    for _ in range(25):
        domain = dice.choice(DOMAINS)
        what = dice.choice(("step", "step", "write", "write", "read", "read", "feed", "reverse"))
        done.append(f"{what} {domain}")
        if what == "step":
            step(shop, domain, dice)
        elif what == "write":
            shop.write(domain)
        elif what == "feed":
            shop.feed()
        elif what == "reverse":
            shop.reverse(domain)
        answer = shop.read(domain)
        wanted = {number for number, of in shop.mine if of == domain}
        assert wanted <= (answer.seen or frozenset()), f"{answer}, after {done}"

"""What may stand beside a pinned route, and what an edit may not do to it."""

from collections.abc import Callable

import pytest

from facade.routes.file.problems import RouteFileError
from facade.routes.file.reading import load
from facade.routes.file.steps import check_steps

HEAD = """\
upstreams: {legacy: {url: 'http://h:1'}, shop: {service: shop}}
domains: {goods: {owner: %s}, orders: {owner: legacy}}
routes:
  - {name: save, match: "POST /goods/{sku}", new: shop, stage: new, domain: goods}
"""


def beside(inside: str, owner: str = "new") -> str:
    return HEAD % owner + f"  - {{name: other, {inside}}}\n"


@pytest.mark.parametrize(
    ("inside", "taken"),
    [
        ('match: "POST /goods/special", stage: legacy', True),
        ('match: "* /goods/special", stage: legacy', True),
        ('match: "GET /goods/special", stage: legacy', False),
        ('match: "PUT /goods/special", stage: legacy', False),
        ('match: "POST /goods/{sku}/stock", stage: legacy', False),
        ('match: "POST /{any}/special", stage: legacy', False),  # less specific at its beginning
        ('match: "POST /{path*}", stage: legacy', False),
        ('match: "POST /goods/{path*}", stage: legacy', False),
        ('match: "POST /goods/{id}", when: {"header:X": y}, stage: legacy', True),
        ('match: "POST /goods/{id}", host: a.test, stage: legacy', True),
        ('match: "POST /goods/special", new: shop, stage: new, domain: orders', False),
        (
            'match: "POST /goods/special", new: shop, stage: canary, percent: 99, domain: orders',
            True,
        ),
    ],
)
def test_no_other_route_leads_past_a_pinned_one(
    errors: Callable[[str], list[str]], inside: str, taken: bool
) -> None:
    assert errors(beside(inside, "legacy")) == []
    found = errors(beside(inside))
    assert bool(found) is taken
    for line in found:
        assert line.startswith("routes.yaml:5:")
        assert "match: requests of 'save' would go this way to legacy" in line


def test_hosts_that_are_not_the_routes_take_nothing(errors: Callable[[str], list[str]]) -> None:
    text = beside('match: "POST /goods/special", host: b.test, stage: legacy')
    mine = text.replace("domain: goods}", "domain: goods, host: [a.test]}")
    assert errors(mine) == []
    assert errors(mine.replace("a.test", '"*.test"')) != []


def test_a_window_without_an_owner_new_is_refused(errors: Callable[[str], list[str]]) -> None:
    (line,) = errors(HEAD % "moving, window: open")
    assert line.startswith("routes.yaml:2:")
    assert "only the owner new has a window" in line


def edit(old: str, new: str) -> list[str]:
    before = HEAD % "new" + "  - {name: last, match: GET /last, stage: legacy}\n"
    assert old in before
    try:
        check_steps(load(before.replace(old, new).encode()), load(before.encode()).file)
    except RouteFileError as error:
        return error.lines
    return []


SAVE = '  - {name: save, match: "POST /goods/{sku}", new: shop, stage: new, domain: goods}\n'


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("{owner: new}", "{owner: legacy}", "cannot go from new to legacy by an edit"),
        ("domain: goods", "domain: orders", "stays in its domain 'goods'"),
        (SAVE, "", "no longer matched"),
        ("routes:", "facade: {leaving: [save]}\nroutes:", None),
        ("POST /goods/{sku}", "PUT /goods/{sku}", "keep its match"),
        ("domain: goods}", "domain: goods, host: a.test}", "keep its match"),
        ("POST /goods/{sku}", "POST|PUT /goods/{id}", None),
        ("name: save", "name: keep", None),
    ],
)
def test_no_edit_gets_round_the_owner(old: str, new: str, said: str | None) -> None:
    found = edit(old, new)
    if said is None:
        assert found == []
    else:
        assert any(said in line for line in found), found


def test_a_domain_that_new_owns_does_not_leave_the_file() -> None:
    before = HEAD % "new"
    after = before.replace("goods: {owner: new}, ", "").replace("domain: goods", "domain: orders")
    with pytest.raises(RouteFileError, match="'goods' is gone, and its owner is new"):
        check_steps(load(after.encode()), load(before.encode()).file)


def test_to_name_it_as_leaving_lets_no_pinned_route_go() -> None:
    before = (HEAD % "new") + "  - {name: last, match: GET /last, stage: legacy}\n"
    after = before.replace(SAVE, "").replace("routes:", "facade: {leaving: [save]}\nroutes:")
    with pytest.raises(RouteFileError, match="keep its match"):
        check_steps(load(after.encode()), load(before.encode()).file)

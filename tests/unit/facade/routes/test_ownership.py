"""`retired` waits for the cutover of the route's domain, on every way into the file."""

from dataclasses import replace
from pathlib import Path

import pytest

from facade.routes.config.domainfile import Domain
from facade.routes.file.changes import changes
from facade.routes.file.edit.flip import Flip, FlipRefused, flip, way
from facade.routes.file.edit.together import moved
from facade.routes.file.problems import RouteFileError
from facade.routes.file.reading import load, load_path, version_of
from facade.routes.file.steps import refusal
from facade.routes.ownership import not_yet, pinned, step_of_owner
from facade.routes.stages import Stage
from facade.runtime.override import Override, overridden

SHOP = Path(__file__).parents[4] / "routes.yaml"
FILE = """\
upstreams: {legacy: {url: 'http://h:1'}, orders: {service: orders}}
domains: {orders: {owner: legacy}, goods: {}}
routes:
  - {name: order, match: POST /order, new: orders, stage: new, domain: orders}
  - {name: goods, match: GET /goods, new: orders, stage: legacy, domain: goods}
  - {name: page, match: GET /page, stage: legacy}
"""
PLAIN = """\
upstreams: {legacy: {url: 'http://h:1'}, orders: {service: orders}}
routes:
  - {name: order, match: POST /order, new: orders, stage: new}
"""
REASON = (
    "'order' cannot be retired before the cutover of its domain 'orders':"
    " legacy owns that data; keep the route at new"
)


def errors(text: str) -> list[str]:
    try:
        load(text.encode())
    except RouteFileError as error:
        return error.lines
    return []


def test_a_file_with_domains_is_read() -> None:
    file = load(FILE.encode()).file
    assert dict(file.domains) == {"orders": Domain("orders"), "goods": Domain("goods")}
    assert [route.domain for route in file.routes] == ["orders", "goods", None]


@pytest.mark.parametrize(
    "steps", [lambda file, change: way(file, change), None], ids=["walk", "flip"]
)
def test_a_flip_to_retired_is_refused_with_the_reason(steps) -> None:
    change = Flip("order", Stage.RETIRED)
    with pytest.raises(FlipRefused) as refused:
        if steps is None:
            flip(FILE, change)
        else:
            steps(load(FILE.encode()).file, change)
    assert str(refused.value) == REASON


def test_a_file_with_it_is_refused_at_its_place() -> None:
    text = FILE.replace("stage: new, domain", "stage: retired, domain")
    assert errors(text) == [f"routes.yaml:4:59: stage: {REASON}"]


def test_without_domains_it_works_as_before() -> None:
    assert flip(PLAIN, Flip("order", Stage.RETIRED)).changed
    assert errors(PLAIN.replace("stage: new", "stage: retired")) == []


@pytest.mark.parametrize("stage", [stage for stage in Stage if stage is not Stage.RETIRED])
def test_every_other_stage_is_free(stage: Stage) -> None:
    file = load(FILE.encode()).file
    assert not_yet(replace(file.routes[0], stage=stage), file) is None


def test_another_owner_lets_it_go() -> None:
    file = load(FILE.encode()).file
    route = replace(file.routes[0], stage=Stage.RETIRED)
    assert not_yet(route, file) == REASON
    closed = replace(file, domains={"orders": Domain("orders", "new", "closed")})
    assert not_yet(route, closed) is None


@pytest.mark.parametrize(
    ("owner", "said"),
    [("moving", "its owner is changing"), ("new", "fig cutover orders --close")],
)
def test_before_the_window_is_closed_it_waits(owner: str, said: str) -> None:
    text = FILE.replace("{owner: legacy}", f"{{owner: {owner}}}")
    (line,) = errors(text.replace("stage: new, domain", "stage: retired, domain"))
    assert line.startswith("routes.yaml:4:59: stage: ")
    assert said in line


PINS = {  # owner and window: what is pinned of writing routes, and of reading ones
    "legacy": (False, False), "moving": (True, False), "new": (True, False),
    "new, window: closed": (True, True),
}  # fmt: skip


@pytest.mark.parametrize("stage", ["legacy", "shadow", "canary, percent: 100", "new"])
@pytest.mark.parametrize("reads", [True, False], ids=["read", "write"])
@pytest.mark.parametrize("owner", PINS)
def test_which_stages_the_owner_pins(owner: str, reads: bool, stage: str) -> None:
    match = "GET /x" if reads else "POST /x"
    text = FILE.replace("{owner: legacy}", f"{{owner: {owner}}}") + (
        f"  - {{name: x, match: {match}, new: orders, domain: orders, stage: {stage},"
        " compare: {sample: 1%}}\n"
    )
    found = errors(text)
    assert bool(found) is (PINS[owner][reads] and stage != "new")
    assert all("'x' stays at new" in line and ":7:" in line for line in found)


@pytest.mark.parametrize("owner", ["moving", "new"])
def test_a_write_that_has_no_new_side_is_refused_too(owner: str) -> None:
    text = FILE.replace("{owner: legacy}", f"{{owner: {owner}}}")
    (line,) = errors(text + "  - {name: x, match: PUT /x, stage: legacy, domain: orders}\n")
    assert "'x' stays at new" in line


@pytest.mark.parametrize(
    ("match", "safe", "pin"),
    [("* /x", None, True), ("POST /x", "true", False), ("GET /x", "false", True)],
)
def test_what_a_write_is_the_route_may_say(match: str, safe: str | None, pin: bool) -> None:
    said = "" if safe is None else f", safe: {safe}"
    text = FILE.replace("{owner: legacy}", "{owner: new}")
    route = f"  - {{name: x, match: '{match}', new: orders, domain: orders, stage: legacy{said}}}\n"
    assert bool(errors(text + route)) is pin


@pytest.mark.parametrize("stage", [Stage.LEGACY, Stage.SHADOW, Stage.CANARY])
@pytest.mark.parametrize("owner", ["moving", "new"])
@pytest.mark.parametrize("walks", [True, False])
def test_no_flip_and_no_walk_leads_a_write_back(owner: str, stage: Stage, walks: bool) -> None:
    text = FILE.replace("{owner: legacy}", f"{{owner: {owner}}}")
    change = Flip("order", stage, 0 if stage is Stage.CANARY else None, 100)
    with pytest.raises(FlipRefused, match="'order' stays at new"):
        if walks:
            way(load(text.encode()).file, change)
        else:
            flip(text, replace(change, stage=Stage.CANARY, percent=0))


@pytest.mark.parametrize("owner", ["moving", "new"])
def test_no_retreat_no_undo_and_no_override_leads_a_write_back(owner: str) -> None:
    data = FILE.replace("{owner: legacy}", f"{{owner: {owner}}}").encode()
    with pytest.raises(FlipRefused, match="'order' stays at new"):
        moved(data, [Flip("order", Stage.CANARY, 0)])  # as guards, walks and `fig undo` edit
    for stage, percent in (("canary", 0), ("shadow", None), ("legacy", None)):
        asked = Override(version_of(data), {"order": (stage, percent)})
        with pytest.raises((FlipRefused, RouteFileError), match="'order' stays at new"):
            overridden(data, asked)


ALL_OWNERS = ("legacy", "moving", "new", "new, window: closed")
STEPS = {
    ("legacy", "moving"), ("moving", "legacy"), ("moving", "new"),
    ("moving", "new, window: closed"), ("new", "moving"), ("new", "new, window: closed"),
}  # fmt: skip


@pytest.mark.parametrize("before", ALL_OWNERS)
@pytest.mark.parametrize("after", [*ALL_OWNERS, None])
def test_one_edit_takes_no_domain_from_its_owner(before: str, after: str | None) -> None:
    def domain(words: str | None) -> Domain | None:
        if words is None:
            return None
        return Domain("orders", words.split(",")[0], "closed" if "closed" in words else "open")

    was = domain(before)
    assert was is not None
    good = before == after or (before, after) in STEPS or (before, after) == ("legacy", None)
    assert (step_of_owner(was, domain(after)) is None) is good


@pytest.mark.parametrize(("owner", "free"), [("legacy", True), ("moving", False), ("new", False)])
def test_no_machine_moves_a_route_back_of_what_new_owns(owner: str, free: bool) -> None:
    file = load(FILE.replace("{owner: legacy}", f"{{owner: {owner}}}").encode()).file
    assert (pinned(file.routes[0], file) is None) is free
    assert pinned(file.routes[2], file) is None


def test_an_unknown_domain_is_refused() -> None:
    (line,) = errors(FILE.replace("domain: orders}", "domain: ordrs}"))
    assert "unknown domain 'ordrs'" in line
    assert "orders" in line


def test_each_route_with_a_new_side_names_its_domain() -> None:
    (line,) = errors(FILE.replace(", domain: goods", ""))
    assert line.startswith("routes.yaml:5:5: ")
    assert "'domain' is missing" in line


def test_a_domain_in_a_file_without_any_is_refused() -> None:
    (line,) = errors(PLAIN.replace("stage: new", "stage: new, domain: orders"))
    assert "unknown domain 'orders'" in line


def test_a_changed_domain_is_said() -> None:
    before = load(FILE.encode()).file
    after = load(
        FILE.replace(", goods: {}", "").replace("domain: goods", "domain: orders").encode()
    )
    assert "domain goods: gone" in "\n".join(changes(before, after.file))


def test_the_last_stage_says_nothing_untrue() -> None:
    said = refusal("order", Stage.RETIRED, Stage.NEW)
    assert "nothing leads back" in said
    assert "data" not in said


SHOPS_ROUTES = load_path(SHOP).file


@pytest.mark.parametrize(
    "route", [one for one in SHOPS_ROUTES.routes if one.new], ids=lambda one: one.name
)
def test_no_route_of_the_shop_can_be_retired_before_its_domains_cutover(route) -> None:
    assert SHOPS_ROUTES.domains[route.domain].owner == "legacy"
    assert "cannot be retired" in str(not_yet(replace(route, stage=Stage.RETIRED), SHOPS_ROUTES))


def test_the_shop_has_the_domains_whose_owner_will_change() -> None:
    assert set(SHOPS_ROUTES.domains) == {"goods", "orders", "accounts"}

"""`retired` waits for the cutover of the route's domain, on every way into the file."""

from dataclasses import replace
from pathlib import Path

import pytest

from facade.routes.file.changes import changes
from facade.routes.file.edit.flip import Flip, FlipRefused, flip, way
from facade.routes.file.problems import RouteFileError
from facade.routes.file.reading import load, load_path
from facade.routes.file.steps import refusal
from facade.routes.ownership import not_yet
from facade.routes.routefile import Domain
from facade.routes.stages import Stage

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


@pytest.mark.parametrize("steps", [lambda file, wish: way(file, wish), None], ids=["walk", "flip"])
def test_a_flip_to_retired_is_refused_with_the_reason(steps) -> None:
    wish = Flip("order", Stage.RETIRED)
    with pytest.raises(FlipRefused) as refused:
        if steps is None:
            flip(FILE, wish)
        else:
            steps(load(FILE.encode()).file, wish)
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
    assert not_yet(route, replace(file, domains={"orders": Domain("orders", "new")})) is None


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


@pytest.mark.parametrize("owner", ["new", "nobody", "''"])
def test_an_owner_that_no_cutover_can_bring_about_is_refused(owner: str) -> None:
    (line,) = errors(FILE.replace("{owner: legacy}", f"{{owner: {owner}}}"))
    assert "expected one of legacy" in line


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

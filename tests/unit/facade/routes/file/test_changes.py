"""What a reload changed, in words that a person reads once."""

import pytest

from facade.routes.config.routefile import RouteFile
from facade.routes.file.changes import MOST_LINES, changes
from facade.routes.file.reading import load

HEAD = 'upstreams: {legacy: {url: "http://a.test"}, fresh: {url: "http://b.test"}}\n'
INVOICE = "{name: invoice, match: GET /invoice, new: fresh, stage: shadow, compare: {sample: 1%}}"
CART = "{name: cart, match: GET /cart, stage: legacy}"

PAGE = "{name: page, match: GET /page, compose: {cart: GET %s}}"


def file(*routes: str, head: str = HEAD, rest: str = "") -> RouteFile:
    text = f"{head}routes: [{', '.join(routes)}]\n{rest}"
    return load(text.encode(), "routes.yaml").file


def moved(stage: str) -> str:
    return INVOICE.replace("stage: shadow", f"stage: {stage}")


@pytest.mark.parametrize(
    ("before", "after", "lines"),
    [
        (
            file(CART, PAGE % "/cart"),
            file(CART, PAGE % "/other"),
            ["page: changed: compose"],
        ),
        (file(CART), file(CART, PAGE % "/cart"), ["page: a new route, composed"]),
        (
            file(INVOICE),
            file(moved("canary, percent: 10")),
            ["invoice: shadow → canary 10 %"],
        ),
        (
            file(moved("canary, percent: 10")),
            file(moved("canary, percent: 12.5")),
            ["invoice: canary 10 % → canary 12.5 %"],
        ),
        (file(INVOICE), file(INVOICE, CART), ["cart: a new route, legacy"]),
        (
            file(moved("canary, percent: 10"), CART),
            file(CART),
            ["invoice: canary 10 % → no route: its paths go to legacy"],
        ),
        (
            file(INVOICE),
            file(moved("new").replace("1%", "5%")),
            ["invoice: shadow → new", "invoice: changed: compare"],
        ),
        (file(INVOICE, CART), file(CART, INVOICE), ["the order of the routes"]),
        (
            file(CART),
            file(CART, head=HEAD.replace("b.test", "c.test")),
            ["upstream fresh: changed: urls"],
        ),
        (
            file(CART),
            file(CART, head=HEAD.replace("fresh:", "other:")),
            ["upstream fresh: gone", "upstream other: new"],
        ),
        (
            file(CART),
            file(CART, rest="compare_rules: {shop: {ignore: [$.a]}}\n"),
            ["compare_rules shop: new"],
        ),
        (
            file(CART),
            file(CART, rest="facade: {access_log: 1%, expose: true}\n"),
            ["facade: changed: expose, access_log"],
        ),
        (file(CART), file(CART, rest="# a comment\n"), ["nothing changed but comments or layout"]),
    ],
)
def test_a_line_for_each_change(before: RouteFile, after: RouteFile, lines: list[str]) -> None:
    assert changes(before, after) == lines


def test_of_very_many_the_number() -> None:
    many = [f"{{name: r{n}, match: GET /r{n}, stage: legacy}}" for n in range(MOST_LINES + 7)]
    lines = changes(file(CART), file(CART, *many))
    assert len(lines) == MOST_LINES + 1
    assert lines[-1] == "and 7 more changes"

"""A route file without `legacy`: what it may still say."""

import pytest

from facade.routes.config.routefile import RouteFile
from facade.routes.file.problems import RouteFileError
from facade.routes.file.reading import load
from facade.routes.file.steps import with_addresses

FILE = """\
facade: {{identity: {{ask: {ask}}}}}
upstreams: {{fresh: {{url: http://h}}}}
domains: {{goods: {domain}}}
routes:
  - {{name: one, match: "GET /one", new: fresh, domain: goods, {one}}}
  - {{name: me, match: "GET /api/me", new: fresh, domain: goods, stage: retired}}
  - {{name: both, match: "GET /both", compose: {{one: GET /one}}}}
"""
CLOSED = "{owner: new, window: closed}"


def loaded(
    one: str = "stage: retired", domain: str = CLOSED, ask: str = "/api/me?x=1"
) -> RouteFile:
    return load(FILE.format(one=one, domain=domain, ask=ask).encode()).file


@pytest.mark.parametrize("one", ["stage: retired", "stage: new", "stage: new, fallback: false"])
def test_every_route_is_at_the_new_side(one: str) -> None:
    file = loaded(one)
    assert not file.has_legacy


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"one": "stage: legacy"}, "stage: 'one' stays at new"),
        ({"one": "stage: new, fallback: true"}, "5:85: fallback: legacy answers in the new"),
        ({"one": "stage: new, guard: {on_breach: legacy, max_error_ratio: 2}"}, "a guard leads"),
        ({"domain": "{owner: new}"}, "the owner is new, window open, and the upstream 'legacy' is"),
        ({"ask": "/who"}, "ask: no route of the new side answers GET /who, and the upstream"),
    ],
)
def test_what_would_lead_to_legacy_is_refused(said: dict[str, str], words: str) -> None:
    with pytest.raises(RouteFileError, match=words.replace("(", r"\(")):
        loaded(**said)


def test_a_stage_before_new_is_refused() -> None:
    text = "upstreams: {n: {url: http://h}}\nroutes:\n  - {name: a, match: GET /a, stage: legacy}"
    with pytest.raises(
        RouteFileError, match="3:37: stage: legacy answers in stage legacy, and the ups"
    ):
        load(text.encode())


def test_an_address_for_legacy_is_left_out() -> None:
    file = loaded()
    assert with_addresses(file, {"legacy": ("http://old",)}) == file
    with pytest.raises(KeyError):
        with_addresses(file, {"other": ("http://old",)})

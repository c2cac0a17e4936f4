"""The owner of a domain is edited like a stage: nothing else changes, and never by a jump."""

from pathlib import Path

import pytest

from facade.routes.file.edit.alone import take_back
from facade.routes.file.edit.owner import (
    OwnerRefused,
    UnknownDomain,
    own,
    own_in_file,
)
from facade.routes.file.reading import load

FILE = """\
upstreams: {legacy: {url: 'http://h:1'}, shop: {service: shop}}
domains:
  goods: {owner: legacy}       # products
  plain: {}
  block:
    owner: legacy   # of late
routes:
  - {name: save, match: "POST /goods", new: shop, stage: new, domain: goods}
  - {name: a, match: "GET /a", new: shop, stage: new, domain: plain}
  - {name: b, match: "GET /b", new: shop, stage: new, domain: block}
"""


@pytest.mark.parametrize(
    ("name", "lines"),
    [
        (
            "goods",
            [
                "  goods: {owner: moving}       # products",
                "  goods: {owner: new, window: open}       # products",
                "  goods: {owner: new, window: closed}       # products",
            ],
        ),
        (
            "plain",
            [
                "  plain: {owner: moving}",
                "  plain: {owner: new, window: open}",
                "  plain: {owner: new, window: closed}",
            ],
        ),
        ("block", ["    owner: moving   # of late", "    window: open", "    window: closed"]),
    ],
)
def test_there_and_closed(name: str, lines: list[str]) -> None:
    text = FILE
    for (owner, window), line in zip(
        [("moving", "open"), ("new", "open"), ("new", "closed")], lines, strict=True
    ):
        written = own(text, name, owner, window)
        assert written.changed
        assert line in written.text.splitlines()
        text = written.text
    assert load(text.encode()).file.domains[name].words == "new, window closed"


@pytest.mark.parametrize("name", ["goods", "block"])
def test_there_and_back_leaves_no_trace(name: str) -> None:
    text = FILE
    for owner in ("moving", "new", "moving", "legacy"):
        text = own(text, name, owner).text
    assert text == FILE


@pytest.mark.parametrize(
    ("owner", "text", "said"),
    [
        ("new", FILE, "cannot go from legacy to new by an edit: fig cutover goods"),
        ("moving", FILE.replace("stage: new", "stage: legacy"), "'save' stays at new"),
    ],
)
def test_what_may_not_be_is_refused(owner: str, text: str, said: str) -> None:
    with pytest.raises(OwnerRefused, match=said):
        own(text, "goods", owner)


def test_an_unknown_domain_is_named() -> None:
    with pytest.raises(UnknownDomain, match="did you mean 'goods'"):
        own(FILE, "godos", "moving")


def test_an_alias_is_left_to_a_person() -> None:
    text = FILE.replace("plain: {}", "plain: *g").replace("goods: {", "goods: &g {")
    with pytest.raises(OwnerRefused, match=r"another value would change|cannot edit"):
        own(text, "goods", "moving")


def test_the_file_is_replaced_and_put_back(tmp_path: Path) -> None:
    path = tmp_path / "routes.yaml"
    path.write_text(FILE)
    written = own_in_file(path, "goods", "moving")
    assert path.read_text() == written.text != FILE
    assert not own_in_file(path, "goods", "moving").changed
    assert take_back(path, written)
    assert path.read_text() == FILE
    assert not take_back(path, written)

"""`legacy` is taken out of a route file where nothing needs it, and nothing else is changed."""

from pathlib import Path

import pytest

from facade.routes.file.edit.alone import take_back
from facade.routes.file.edit.detach import (
    DetachRefused,
    detach,
    detach_in_file,
    needs,
)
from facade.routes.file.reading import load

FILE = """\
facade: {identity: {ask: /api/me}}
upstreams:
  legacy: {url: "http://h:1"}   # the old one
  shop: {service: shop}         # the new one
domains:
  goods: {owner: new, window: closed}
routes:
  - {name: save, match: "POST /goods", new: shop, stage: retired, domain: goods}
  - {name: me, match: GET /api/me, new: shop, stage: retired, domain: goods}
  - {name: page, match: GET /page, compose: {me: GET /api/me}}
"""


def test_it_alone_leaves() -> None:
    found = detach(FILE)
    assert found.text == FILE.replace(
        '  legacy: {url: "http://h:1"}   # the old one\n', "  # the old one\n"
    )
    assert (found.changed, detach(found.text).changed) == (True, False)


def test_it_leaves_a_mapping_in_one_line_too() -> None:
    text = FILE.replace(
        'upstreams:\n  legacy: {url: "http://h:1"}   # the old one\n'
        "  shop: {service: shop}         # the new one\n",
        'upstreams: {legacy: {url: "http://h:1"}, shop: {service: shop}}\n',
    )
    assert "upstreams: {shop: {service: shop}}" in detach(text).text


@pytest.mark.parametrize(
    ("was", "becomes", "kind", "remedy"),
    [
        ("stage: retired, domain", "stage: new, domain", "stage", "fig retire save"),
        ("window: closed", "window: open", "domain", "fig cutover goods --close"),
        ("owner: new, window: closed", "owner: legacy", "domain", "fig cutover goods"),
        ("ask: /api/me", "ask: /who", "identity", "give /who a route, and retire it"),
    ],
)
def test_what_needs_it_is_named(was: str, becomes: str, kind: str, remedy: str) -> None:
    text = FILE.replace(was, becomes, 1)
    if kind == "domain":
        text = text.replace("retired", "new")
    found = {one.kind: one.remedy for one in needs(load(text.encode(), "f").file)}
    assert found[kind] == remedy
    with pytest.raises(DetachRefused):
        detach(text)


def test_the_file_is_written_by_rename_and_can_be_put_back(tmp_path: Path) -> None:
    path = tmp_path / "routes.yaml"
    path.write_text(FILE)
    found = detach_in_file(path)
    assert path.read_text() == found.text
    assert take_back(path, found)
    assert path.read_text() == FILE
    path.write_text(f"{FILE}# edited\n")
    assert not take_back(path, found)

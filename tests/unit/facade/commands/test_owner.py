"""`owner` shows and writes what the route file says of a domain; no facade runs here."""

import json
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from facade.commands.cli import main
from facade.commands.confirm import confirm

AWAY = ("--admin", "http://127.0.0.1:1")  # nobody listens there
FILE = """\
upstreams: {legacy: {url: 'http://h:1'}, shop: {service: shop}}
domains: {goods: {owner: legacy}}
routes:
  - {name: save, match: "POST /goods", new: shop, stage: new, domain: goods}
  - {name: list, match: "GET /goods", new: shop, stage: canary, percent: 5, domain: goods}
"""


@pytest.fixture
def routes(tmp_path: Path) -> Path:
    file = tmp_path / "routes.yaml"
    file.write_text(FILE)
    return file


def call(routes: Path, *words: str) -> tuple[int, str]:
    done = CliRunner().invoke(main, ["owner", *words, "--routes", str(routes)])
    return done.exit_code, done.output


def shown(routes: Path) -> dict[str, Any]:
    code, said = call(routes, "goods", "--json")
    assert code == 0
    return dict(json.loads(said))


def test_it_shows_the_routes_and_what_is_pinned(routes: Path) -> None:
    assert shown(routes)["owner"] == "legacy"
    assert call(routes, "goods", "moving")[0] == 0
    answer = shown(routes)
    assert [(r["name"], r["stage"], r["writes"], bool(r["pinned"])) for r in answer["routes"]] == [
        ("save", "new", True, True),
        ("list", "canary", False, False),
    ]
    assert " pinned" in call(routes, "goods")[1]


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("goods", "new"), 1, "fig cutover goods"),
        (("godos",), 2, "did you mean 'goods'"),
        (("goods", "mine"), 2, "'mine' is not one of"),
    ],
)
def test_what_may_not_be_leaves_the_file(
    routes: Path, words: tuple[str, ...], code: int, said: str
) -> None:
    found, answer = call(routes, *words)
    assert (found, said in answer) == (code, True), answer
    assert routes.read_text() == FILE


def test_the_window_is_closed_only_where_no_reader_is_left_at_legacy(routes: Path) -> None:
    for owner in ("moving", "new"):
        assert call(routes, "goods", owner)[0] == 0
    code, said = call(routes, "goods", "new", "--window", "closed")
    assert (code, "'list' stays at new" in said) == (1, True)
    routes.write_text(routes.read_text().replace("canary, percent: 5", "new"))
    assert call(routes, "goods", "new", "--window", "closed")[0] == 0
    assert (shown(routes)["window"], call(routes, "goods", "moving")[0]) == ("closed", 1)


def test_a_move_does_not_begin_where_the_facade_does_not_confirm_it(
    routes: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A worker might still let legacy answer who has just written."""
    impatient = partial(confirm, patience=0.05)
    monkeypatch.setattr("facade.commands.confirm.confirm", impatient)
    code, said = call(routes, "goods", "moving", *AWAY)
    assert (code, "late: no facade answers at http://127.0.0.1:1" in said) == (1, True)
    assert call(routes, "goods", "moving", *AWAY)[0] == 1, "nor where the file says so already"
    for owner in ("new", "moving", "legacy"):  # its end loses nothing by a worker that is late
        assert call(routes, "goods", owner, *AWAY)[0] == 0

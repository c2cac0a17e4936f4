"""Beside which monolith the sidecar stands: what was given, or what the route file has."""

from pathlib import Path

import pytest

from facade.commands.sidecar.options import upstream_url

FILE = """
upstreams: {upstreams}
routes:
  - {{name: one, match: GET /one, new: fresh, stage: retired}}
"""
FRESH = "fresh: {url: http://new:2}"


@pytest.fixture
def routes(tmp_path: Path) -> Path:
    return tmp_path / "routes.yaml"


def write(routes: Path, legacy: str) -> None:
    routes.write_text(FILE.format(upstreams=f"{{{legacy}{FRESH}}}"))


def test_what_was_given_comes_first_and_the_path_goes(routes: Path) -> None:
    assert upstream_url("http://old:1/x", routes) == "http://old:1"


def test_else_the_address_of_the_route_file(routes: Path) -> None:
    write(routes, "legacy: {url: http://old:1}, ")
    assert upstream_url(None, routes) == "http://old:1"


@pytest.mark.parametrize(
    ("legacy", "number"), [("legacy: {urls: [http://a:1, http://b:1]}, ", 2), ("", 0)]
)
def test_several_and_none_are_said(routes: Path, capsys, legacy: str, number: int) -> None:
    write(routes, legacy)
    with pytest.raises(SystemExit) as end:
        upstream_url(None, routes)
    assert end.value.code == 2
    assert f"has {number} addresses; say with --upstream" in capsys.readouterr().err


@pytest.mark.parametrize("given", ["old:1", "ftp://old", "http://"])
def test_what_is_no_address_is_refused(routes: Path, given: str) -> None:
    with pytest.raises(SystemExit):
        upstream_url(given, routes)

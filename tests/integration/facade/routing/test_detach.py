"""`detach` on a facade that runs: legacy leaves the file, and what no route names is nowhere."""

import json
from pathlib import Path
from typing import Any

import pytest

from chassis.cli.calls import NoAnswer, call_object
from tests.rigs.processes.warm import WARM

pytestmark = pytest.mark.integration

PROJECT = Path(__file__).parents[4]
ROUTES = """
upstreams:
  legacy: {{url: "{legacy}"}}   # since 2014
  fresh: {{url: "{new}"}}
domains: {{goods: {{owner: new, window: closed}}}}
routes:
  - {{name: page, match: GET /page, new: fresh, stage: retired, domain: goods}}
"""


def test_legacy_leaves_the_file_for_good(start: Any, serve: Any, scripts: Any) -> None:
    legacy, fresh = serve(scripts.polite), serve(scripts.polite)
    facade = start(ROUTES.format(legacy=legacy.url, new=fresh.url), workers=2)
    admin = f"http://127.0.0.1:{facade.admin}"
    scripts.eventually("the journal begins", lambda: entered(f"{admin}/api/journal"))
    assert facade.get("/elsewhere")[0] == 200

    assert detach(facade, "--as", "eva")["changed"]

    assert "legacy" not in facade.routes.read_text()
    assert facade.get("/page")[0] == 200
    assert facade.get("/elsewhere")[0] == 404
    assert not detach(facade)["changed"]
    entries = call_object(f"{admin}/api/journal")["entries"]
    farewells = [(one["who"], one["why"]) for one in entries if one["event"] == "farewell"]
    why = "legacy is taken out of the route file: what no route names is 404"
    assert farewells == [("eva", why)]
    query = {"who": "eva", "why": why, "source": "again"}
    assert call_object(f"{admin}/api/farewell", query, method="POST") == {"entered": True}
    assert len(call_object(f"{admin}/api/journal")["entries"]) == len(entries)


def entered(url: str) -> list[Any]:
    """The entries of the journal; none before the control process answers."""
    try:
        return list(call_object(url)["entries"])
    except NoAnswer:
        return []


def detach(facade: Any, *words: str) -> dict[str, Any]:
    """The answer of the command, which must succeed."""
    where = ("--routes", str(facade.routes), "--admin", f"127.0.0.1:{facade.admin}")
    done = WARM.run("facade", "detach", *words, *where, "--json")
    assert done.returncode == 0, done.stdout + done.stderr
    return dict(json.loads(done.stdout))

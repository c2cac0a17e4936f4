"""`retire` on a facade that runs: refused with the last caller, granted where legacy is unused."""

import json
import os
import signal
from pathlib import Path
from typing import Any

import pytest

from chassis.cli.calls import NoAnswer, call_object
from tests.rigs.processes.warm import WARM

pytestmark = pytest.mark.integration

PROJECT = Path(__file__).parents[4]
ROUTES = """
upstreams:
  legacy: {{url: "{legacy}"}}
  fresh: {{url: "{new}"}}
routes:
  - {{name: page, match: GET /page, new: fresh, stage: new, promote: {{new: 100%}}}}
  - {{name: other, match: GET /other, new: fresh, stage: new}}
"""


class Shop:
    """A facade of two workers before two sides, of which the new one can be made to fail."""

    def __init__(self, start: Any, serve: Any, scripts: Any) -> None:
        self.well, self.eventually = True, scripts.eventually

        def new(sock: Any) -> None:
            if self.well:
                scripts.polite(sock)

        legacy, fresh = serve(scripts.polite), serve(new)
        self.facade = start(ROUTES.format(legacy=legacy.url, new=fresh.url), workers=2)
        self.eventually("two workers tell", lambda: self.absence().get("watched", 0) > 0)

    def absence(self) -> dict[str, Any]:
        try:
            return call_object(f"http://127.0.0.1:{self.facade.admin}/api/absence")
        except NoAnswer:
            return {}

    def retire(self, *words: str) -> tuple[int, dict[str, Any], str]:
        """The exit code, the answer, and all that was printed."""
        where = ("--routes", str(self.facade.routes), "--admin", f"127.0.0.1:{self.facade.admin}")
        done = WARM.run("facade", "retire", *words, *where, "--json")
        lines = done.stdout.splitlines() or ["{}"]
        return done.returncode, json.loads(lines[0]), done.stdout + done.stderr

    def objection(self, kind: str, *words: str) -> dict[str, Any]:
        """The one objection of this kind, once it is there; nothing is retired by it."""

        def found() -> Any:
            code, answer, said = self.retire(*words, "--yes")
            assert code == 1, said
            return [
                one
                for one in answer["objections"]
                if one["kind"] == kind and one["about"] != "GET /ready-probe"
            ]

        (one,) = self.eventually(f"an objection: {kind}", found)
        assert "retired" not in self.facade.routes.read_text()
        return dict(one)


@pytest.fixture
def shop(start: Any, serve: Any, scripts: Any) -> Shop:
    return Shop(start, serve, scripts)


def test_a_fallback_is_named_with_its_caller_until_it_is_long_ago(shop: Shop) -> None:
    shop.well = False
    status, _headers, body = shop.facade.get("/page?key=secret", **{"User-Agent": "cron/1"})
    assert (status, body[:8]) == (200, b"answered")
    # A report between the count and the end of the answer names nobody yet: the next one does.
    shop.eventually(
        "its caller is known",
        lambda: "(cron/1)" in shop.objection("route", "page", "--horizon", "1h")["words"],
    )
    found = shop.objection("route", "page", "--horizon", "1h")
    assert found["about"] == "page"
    assert "legacy answered: once" in found["words"]
    assert "the last of them 127.0.0.1 (cron/1): GET /page?key=" in found["words"]
    assert "secret" not in found["words"]
    code, _answer, said = shop.retire("other", "--horizon", "1ms", "--dry-run")
    assert code == 0, said

    def retired() -> bool:
        code, _answer, said = shop.retire("page", "--horizon", "2s", "--yes")
        assert "objections" in said or code == 0, said
        return code == 0

    shop.eventually("it is long ago", retired)
    assert "new: fresh, stage: retired, promote" in shop.facade.routes.read_text()
    journal = f"http://127.0.0.1:{shop.facade.admin}/api/journal"
    shop.eventually(
        "it is in the journal",
        lambda: "nothing needed legacy for 2 s" in json.dumps(call_object(journal)),
    )


def test_a_time_that_was_not_watched_is_no_evidence(shop: Shop) -> None:
    found = shop.objection("gap", "page", "--horizon", "1h")
    assert "the facade has watched for" in found["words"]
    os.kill(shop.facade.workers()[0], signal.SIGKILL)
    shop.eventually("a gap", lambda: "ended before its last" in shop.absence().get("gap", ""))
    (control,) = set(shop.facade.children()) - set(shop.facade.workers())
    os.kill(control, signal.SIGKILL)
    shop.eventually("another", lambda: shop.absence().get("gap") == "the control process started")


def test_all_is_held_against_what_no_route_names_and_others_saw(shop: Shop, tmp_path: Path) -> None:
    shop.facade.get("/reports/17", **{"User-Agent": "nightly"})
    shop.eventually(
        "its caller is known",
        lambda: "(nightly)" in shop.objection("unmatched", "--all", "--horizon", "1h")["words"],
    )
    found = shop.objection("unmatched", "--all", "--horizon", "1h")
    assert "GET /reports/<id>: no route names it" in found["words"]
    code, answer, said = shop.retire("page", "--horizon", "1ms", "--dry-run")
    assert (code, answer["routes"]) == (0, ["page"]), said
    seen = tmp_path / "seen.json"
    need = {"kind": "database", "name": "psql of alice", "at": 4_000_000_000}
    seen.write_text(json.dumps({"source": "PostgreSQL's log", "since": 0, "needs": [need]}))
    found = shop.objection("database", "--all", "--horizon", "1h", "--seen", str(seen))
    assert "database psql of alice: once" in found["words"]
    seen.write_text("{}")
    code, _answer, said = shop.retire("--all", "--seen", str(seen))
    assert (code, "expected {" in said) == (2, True)
    assert shop.retire("page", "--horizon", "1ms")[0] == 1, "programs have to say --yes"
    for words in (("page", "--all"), (), ("nobody",), ("page", "--horizon", "soon")):
        assert shop.retire(*words)[0] == 2, words
    assert "retired" not in shop.facade.routes.read_text()

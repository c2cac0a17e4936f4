"""What stands against retiring routes is named, with its last caller and the way on."""

import json
from pathlib import Path
from typing import Any

import pytest

from facade.commands.moving.absent import (
    Evidence,
    Need,
    NoEvidence,
    Objection,
    against,
    chosen,
    clock,
    of_facade,
    of_file,
)
from facade.routes.config.routefile import RouteFile
from facade.routes.file.reading import load_path

FILE = """
facade: {{identity: {{ask: /api/me}}}}
upstreams:
  legacy: {{url: "http://legacy.test"}}
  catalog: {{url: "http://catalog.test"}}
  accounts: {{url: "http://accounts.test"}}
domains: {{goods: {{owner: new, window: {window}}}, orders: {{owner: legacy}}}}
routes:
  - {{name: product, match: "GET /p/{{sku}}", new: catalog, stage: {stage}, domain: goods}}
  - {{name: admin, match: POST /p, new: catalog, stage: new, domain: goods{needs}}}
  - {{name: me, match: GET /api/me, new: accounts, stage: {me}, domain: orders}}
  - {{name: old, match: GET /old, stage: legacy}}
"""
QUIET = Evidence("the facade", 700.0, "the control process started", ())


@pytest.fixture
def read(tmp_path: Path) -> Any:
    def of(**more: str) -> RouteFile:
        usual = {"window": "closed", "stage": "new", "needs": "", "me": "legacy"}
        path = tmp_path / "routes.yaml"
        path.write_text(FILE.format(**{**usual, **more}))
        return load_path(path).file

    return of


def asked(file: RouteFile, target: str | None, *evidence: Evidence) -> list[Objection]:
    routes = chosen(file, target)
    whole = target is None or routes[0].name != target
    return against(file, routes, evidence or (QUIET,), 600.0, whole=whole)


def with_need(kind: str, name: str, quiet: float = 60.0, caller: str = "cron") -> Evidence:
    return Evidence("the facade", 700.0, "", (Need(kind, name, quiet, 3, caller),))


def test_a_name_is_a_route_or_a_domain(read: Any) -> None:
    names = {
        target: [route.name for route in chosen(read(), target)]
        for target in ("product", "goods", None, "nobody")
    }
    assert names == {
        "product": ["product"],
        "goods": ["product", "admin"],
        None: ["product", "admin", "me", "old"],
        "nobody": [],
    }


def test_nothing_stands_against_a_closed_domain_that_needed_nothing(read: Any) -> None:
    assert asked(read(), "goods") == []
    assert asked(read(), "product") == []


@pytest.mark.parametrize(
    ("more", "target", "kind", "words", "remedy"),
    [
        ({"window": "open"}, "admin", "domain", "while the window", "fig cutover goods --close"),
        ({"me": "new"}, "orders", "domain", "before the cutover", "fig cutover orders"),
        ({}, "me", "stage", "'me' is at legacy", "fig flip me new --walk"),
        ({}, "old", "stage", "'old' has no new side", "new: SERVICE"),
        (
            {"needs": ", needs: [session]"},
            "admin",
            "identity",
            "admin must know",
            "route of /api/me",
        ),
    ],
)
def test_the_file_itself_may_stand_against_it(
    read: Any, more: dict[str, str], target: str, kind: str, words: str, remedy: str
) -> None:
    (found,) = asked(read(**more), target)
    assert found.kind == kind
    assert words in found.words
    assert remedy in found.remedy


def test_what_is_retired_already_needs_nothing(read: Any) -> None:
    assert asked(read(stage="retired"), "product") == []


@pytest.mark.parametrize(
    ("kind", "name", "hit"),
    [
        ("route", "product", {"product", "goods"}),
        ("route", "old", set()),
        ("unmatched", "GET /cron", {"goods"}),
        ("identity", "legacy", {"goods"}),
        ("identity", "accounts", set()),
        ("connection", "10.0.0.1", {"goods"}),
        ("database", "psql", {"goods"}),
    ],
)
def test_a_route_answers_for_itself_and_a_domain_for_everybody(
    read: Any, kind: str, name: str, hit: set[str]
) -> None:
    file, evidence = read(), with_need(kind, name)
    assert {target for target in ("product", "goods") if asked(file, target, evidence)} == hit
    assert asked(file, "goods", with_need(kind, name, quiet=601.0)) == []


def test_a_need_says_who_when_and_how_often(read: Any) -> None:
    (found,) = asked(read(), "goods", with_need("unmatched", "GET /cron", 130.0, "10.1.1.1 (cron)"))
    assert found.words == (
        "GET /cron: no route names it, so legacy answers: 3 times, 2 min 10 s ago,"
        " the last of them 10.1.1.1 (cron)"
    )
    assert "then wait 10 min" in found.remedy


def test_a_time_that_nobody_watched_is_no_evidence(read: Any) -> None:
    (found,) = asked(read(), "product", Evidence("the facade", 90.0, "a worker ended", ()))
    assert found.kind == "gap"
    assert found.words == (
        "the facade has watched for 1 min 30 s without a gap (a worker ended), not for 10 min 0 s"
    )
    assert found.remedy.startswith("wait 8 min 30 s")
    assert len(asked(read(), "product", QUIET, Evidence("cron", 5.0, "", ()))) == 1


def test_evidence_of_the_facade_and_of_a_file() -> None:
    need = {"kind": "route", "name": "a", "number": 2, "caller": "x"}
    facade = of_facade({"watched": 5.0, "gap": "g", "needs": [{**need, "quiet": 3.0, "at": 97.0}]})
    text = json.dumps({"source": "the facade", "since": 95.0, "gap": "g",
                       "needs": [{**need, "at": 97.0}]})  # fmt: skip
    assert of_file(text, 100.0) == facade
    least = of_file('{"since": 1, "needs": [{"kind": "k", "name": "n", "at": 2}]}', 3.0)
    assert least.needs == (Need("k", "n", 1.0, 1, ""),)
    assert least.source == "a file"


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"since": "x", "needs": []}', '{"since": 1}',
                                  '{"since": 1, "needs": [1]}'])  # fmt: skip
def test_a_file_that_is_no_evidence_says_what_was_expected(text: str) -> None:
    with pytest.raises(NoEvidence, match=r'expected \{"source": NAME, "since"'):
        of_file(text, 1.0)


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0.2, "0 s"), (59.4, "59 s"), (130, "2 min 10 s"), (3600, "1 h 0 min"), (-5, "0 s")],
)
def test_times_are_for_people(seconds: float, words: str) -> None:
    assert clock(seconds) == words

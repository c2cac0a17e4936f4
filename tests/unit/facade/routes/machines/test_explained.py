"""What a route makes of a machine, in words."""

import pytest

from facade.machines.known import KnownMachines
from facade.routes.config.machinefile import AllowConfig
from facade.routes.explain import Explanation, Question, explain
from facade.routes.file.reading import load
from facade.routes.machines.allow import API_KEY, ENDED, Checked, Machine, Unproven
from facade.routes.machines.explained import demands_of
from facade.routes.table import compile_table

FILE = b"""
upstreams: {legacy: {url: http://h}}
machines: {keys: {file: keys.json}}
limits: {each: {rate: 1/h, key: [api_key, machine, client]}}
routes:
  - {name: a, match: GET /a, stage: legacy, limits: each,
     allow: {keys: [bookkeeper], scopes: [x], mode: %b}}
  - {name: b, match: GET /b, stage: legacy}
"""
KEY = Machine(API_KEY, "bookkeeper", frozenset({"x"}), 0.0)


def explained(checked: Checked, path: str = "/a", mode: bytes = b"enforce") -> Explanation:
    table = compile_table(load(FILE % mode).file)
    return explain(table, Question("GET", path), proof=lambda _headers: checked)


def test_one_that_is_let_in() -> None:
    found = explained(KEY)
    assert found.allow is not None
    assert found.allow.demands == "an API key of bookkeeper; with the scopes x"
    assert (found.allow.machine, found.allow.reason) == ("api_key:bookkeeper", None)
    assert found.allow.sentence == "api_key:bookkeeper is let in"
    assert found.limits[0].key == "api_key bookkeeper", "limits count it by its owner"


@pytest.mark.parametrize("path", ["/a", "/A", "/a/"])
def test_one_that_is_refused(path: str) -> None:
    found = explained(Unproven(ENDED), path).allow
    assert found is not None
    assert (found.status, found.reason, found.machine) == (401, ENDED, None)
    assert found.challenge is not None and found.challenge.startswith('Bearer realm="machines"')
    assert found.sentence.startswith("refused with 401: the request carries a credential that is")


def test_one_that_would_be_refused() -> None:
    found = explained(Unproven(ENDED), mode=b"shadow").allow
    assert found is not None and (found.status, found.challenge) == (None, None)
    assert found.sentence.startswith(
        "would be refused with 401, and is let through, it only counts"
    )
    assert explained(Unproven(ENDED), "/A", b"shadow").allow is None


def test_a_route_that_asks_nobody() -> None:
    def proof(_headers: object) -> Checked:
        raise AssertionError("nothing is looked at")

    table = compile_table(load(FILE % b"enforce").file)
    assert explain(table, Question("GET", "/b"), proof=proof).allow is None


def test_by_the_machines_that_a_process_knows() -> None:
    table = compile_table(load(FILE % b"enforce").file)
    known = KnownMachines()
    known.use(table.file.machines)
    question = Question("GET", "/a", headers=(("X-API-Key", "x"),))
    found = explain(table, question, proof=known.check).allow
    assert found is not None and found.reason == "malformed"


@pytest.mark.parametrize(
    ("config", "words"),
    [
        (AllowConfig(), "any API key or token that is known"),
        (AllowConfig(keys=("*",)), "any API key"),
        (AllowConfig(keys=("a", "b")), "an API key of a or b"),
        (AllowConfig(issuers=("p",), keys=("a",)), "an API key of a, or a token of p"),
    ],
)
def test_what_is_demanded(config: AllowConfig, words: str) -> None:
    assert demands_of(config) == words

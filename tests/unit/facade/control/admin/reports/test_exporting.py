"""The exported test runs as it is: fails while the sides differ there, passes when mended."""

import importlib.util
import threading
from collections.abc import Iterator
from datetime import date
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from facade.compare.differences import Kind
from facade.compare.evidence.clusters import OVERFLOW, Cluster
from facade.compare.evidence.evidence import Evidence
from facade.compare.noise.noise import NoiseSpec
from facade.control.admin.reports.exporting import NoSample, export_test
from facade.routes.config.routefile import ArrayRule, CompareRules, Expected

RULES = CompareRules(
    "p",
    arrays=(ArrayRule("$.tags", unordered=True),),
    expect=(Expected("$.old", "why", "owner", date(2099, 1, 1)),),
)


@pytest.fixture
def only(evidence: Evidence) -> Cluster:
    (cluster,) = evidence.clusters.by_id.values()
    for sample in (cluster.smallest, cluster.latest, cluster.earliest):
        assert sample is not None
        sample.target = "/p/1"
    return cluster


def module_of(text: str, folder: Path) -> Any:
    file = folder / "exported.py"
    file.write_text(text)
    spec = importlib.util.spec_from_file_location("exported", file)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def the_test(module: Any) -> Any:
    (name,) = [name for name in vars(module) if name.startswith("test_")]
    return getattr(module, name)


def played(module: Any, monkeypatch: pytest.MonkeyPatch, legacy: bytes, new: bytes) -> None:
    """Let both sides answer this, and run it."""
    answers = {"LEGACY_URL": legacy, "NEW_URL": new}
    kind = (("content-type", "application/json"),)
    monkeypatch.setattr(module, "ask", lambda side: module.Answer(200, kind, answers[side]))
    the_test(module)()


def test_it_fails_until_the_difference_is_gone(
    only: Cluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    module = module_of(export_test("product", only, RULES, {}), tmp_path)
    assert the_test(module).__name__ == "test_product_name"
    assert module.RULES == RULES
    with pytest.raises(AssertionError, match=r"\$\.name: value"):
        played(module, monkeypatch, b'{"name": "tent"}', b'{"name": "tents"}')
    played(module, monkeypatch, b'{"name": "tent"}', b'{"name": "tent"}')
    # Another fault is another cluster's business, a broken answer is everybody's.
    played(module, monkeypatch, b'{"name": "tent", "a": 1}', b'{"name": "tent", "a": 2}')


def test_noise_goes_with_it(only: Cluster, tmp_path: Path, monkeypatch: Any) -> None:
    noise = {("value", "$.name"): NoiseSpec(frozenset({"text"}), None),
             ("value", "$.b"): NoiseSpec(frozenset(), None)}  # fmt: skip
    module = module_of(export_test("product", only, None, noise), tmp_path)
    assert list(module.NOISE) == [("value", "$.name")]


def test_it_asks_for_what_was_not_kept(
    only: Cluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("COOKIE", raising=False)
    only.classes = {"GET, no query, signed in, 2xx": 3}
    module = module_of(export_test("product", only, None, {}), tmp_path)
    with pytest.raises(pytest.skip.Exception, match="COOKIE"):
        module.request_headers()
    monkeypatch.setenv("COOKIE", "session=x")
    assert module.request_headers() == {"Cookie": "session=x"}
    assert only.smallest is not None
    only.smallest.target = "/p/1?token=(secret)"
    module = module_of(export_test("product", only, None, {}), tmp_path)
    with pytest.raises(pytest.skip.Exception, match="TARGET"):
        the_test(module)()


def test_values_cannot_break_out(evidence: Evidence, tmp_path: Path) -> None:
    (cluster,) = evidence.clusters.by_id.values()  # its target and values hold quotes
    cluster.path = '$.a"""\nimport os; os.abort()\n"""'
    module = module_of(export_test('r"""', cluster, None, {}), tmp_path)
    assert cluster.path == module.PATH


def test_a_cluster_of_several_places_has_no_test() -> None:
    with pytest.raises(NoSample):
        export_test("r", Cluster("x", Kind.VALUE, OVERFLOW, ""), None, {})


@pytest.fixture
def server() -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(302)
            self.send_header("Location", "/elsewhere")
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    one = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=one.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{one.server_port}"
    one.shutdown()
    one.server_close()


@pytest.mark.integration
def test_it_asks_as_it_is_without_following(
    only: Cluster, tmp_path: Path, server: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    module = module_of(export_test("product", only, None, {}), tmp_path)
    monkeypatch.setenv("NEW_URL", server)
    answer = module.ask("NEW_URL")
    assert (answer.status, answer.header("location")) == (302, "/elsewhere")
    monkeypatch.delenv("LEGACY_URL", raising=False)
    with pytest.raises(pytest.skip.Exception, match="LEGACY_URL"):
        the_test(module)()

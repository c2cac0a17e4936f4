"""A real facade traces what its route file says: `fig trace` shows it, a collector gets it."""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.rigs.collector import Collector, attributes, collecting
from tests.rigs.processes.warm import WARM

pytestmark = pytest.mark.integration

ROUTES = """
facade: {{expose: true, tracing: {{sample: {sample}}}}}
upstreams: {{legacy: {{url: "{legacy}"}}, fresh: {{url: "{fresh}"}}}}
routes:
  - {{name: article, match: "GET /article/{{sku}}", new: fresh, stage: new}}
"""
TRACE = "0af7651916cd43dd8448eb211c80319c"
ASKED = {"traceparent": f"00-{TRACE}-b7ad6b7169203331-00"}


@pytest.fixture
def collector(monkeypatch: pytest.MonkeyPatch) -> Iterator[Collector]:
    with collecting() as found:
        monkeypatch.setenv("FACADE_OTLP_ENDPOINT", found.url)
        yield found


@pytest.fixture
def asked(start: Any, serve: Any, scripts: Any) -> Any:
    """A facade that was asked for an article, with this share traced."""

    def ask(sample: str) -> Any:
        sides = {"legacy": serve(scripts.polite).url, "fresh": serve(scripts.polite).url}
        facade = start(ROUTES.format(sample=sample, **sides), workers=2)
        scripts.eventually("it is ready", lambda: '"ready":true' in facade.readiness())
        facade.get("/article/P-1?color=red", **ASKED)
        return facade

    return ask


def trace(facade: Any, *words: str) -> tuple[int, str]:
    """The exit code, and what `fig trace` says."""
    token = Path(facade.folder / "runtime/keys/admin.token")
    done = WARM.run(
        *("facade", "trace", *words, "--admin", f":{facade.admin}"),
        env={**os.environ, "FIG_ADMIN_TOKEN": token.read_text().strip()},
    )
    return done.returncode, done.stdout + done.stderr


def test_what_is_sampled_is_shown_and_exported(
    collector: Collector, asked: Any, scripts: Any
) -> None:
    facade = asked("100%")
    scripts.eventually("it is known", lambda: trace(facade, TRACE)[0] == 0)
    first, spans, request, attempt = trace(facade, TRACE)[1].splitlines()
    assert first.startswith(f"trace {TRACE} ")
    assert spans.startswith("2 spans of 1 services, ")
    assert "  facade: GET /article/{sku}  status=200 flag=article variant=new" in request
    assert "  └─ facade: ask new  status=200 upstream=fresh" in attempt
    document = json.loads(trace(facade, TRACE, "--json")[1])
    assert document["spans"][0]["parent"] == "b7ad6b7169203331"

    def exported() -> list[Any]:
        return [span for _, span in collector.spans() if span.trace_id.hex() == TRACE]

    scripts.eventually("it is exported", lambda: len(exported()) == 2)
    assert attributes(exported()[0])["feature_flag.result.reason"] == "static"


def test_nothing_is_kept_where_nothing_is_sampled(asked: Any, scripts: Any) -> None:
    facade = asked("0%")
    code, said = trace(facade, TRACE)
    assert code == 2 and "facade.tracing in the route file" in said
    facade.save(facade.routes.read_text().replace("sample: 0%", "sample: 100%"))

    def known() -> bool:
        facade.get("/article/P-1", **ASKED)
        return trace(facade, TRACE)[0] == 0

    scripts.eventually("the new table traces", known)

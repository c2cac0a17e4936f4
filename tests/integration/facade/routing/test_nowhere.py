"""A real facade whose route file loses `legacy` while it runs, and one that starts without it."""

import json

import pytest

from chassis.cli.calls import call, call_object

pytestmark = pytest.mark.integration

LEGACY = '\n  legacy: {{url: "{legacy}"}}'
ROUTES = """
upstreams:{legacy}
  fresh: {{url: "{new}"}}
routes:
  - {{name: item, match: "GET /items/{{id}}", new: fresh, stage: retired}}
"""


def unmatched(facade) -> dict[str, dict]:
    shapes = call_object(f"http://127.0.0.1:{facade.admin}/api/status")["unmatched"]["shapes"]
    return {f"{one['method']} {one['shape']}": one["status"] for one in shapes}


def test_legacy_leaves_the_file_of_a_facade_that_runs(start, serve, scripts) -> None:
    old, new = serve(scripts.polite), serve(scripts.polite)
    facade = start(ROUTES.format(legacy=LEGACY.format(legacy=old.url), new=new.url))
    assert facade.get("/old/17")[0] == 200
    scripts.eventually("the admin port is there", facade.readiness)
    facade.save(ROUTES.format(legacy="", new=new.url))
    scripts.eventually("404", lambda: facade.get("/old/17")[0] == 404)
    status, headers, body = facade.get("/old/18")
    assert (status, headers["Content-Type"]) == (404, "application/problem+json")
    assert json.loads(body)["detail"] == "Nothing is at this address."
    assert facade.get("/items/1")[0] == 200
    scripts.eventually(
        "counted", lambda: unmatched(facade).get("GET /old/<id>", {}).get("4xx", 0) >= 2
    )
    metrics = call(f"http://127.0.0.1:{facade.admin}/metrics").decode()
    assert 'shape="/old/<id>",status="4xx"}' in metrics

    assert facade.stop() == 0
    facade.run("--upstream", f"legacy={old.url}")  # as it was started before
    assert facade.get("/old/17")[0] == 404
    assert facade.get("/items/1")[0] == 200


def test_a_file_that_still_leads_there_is_refused_and_legacy_answers(start, serve, scripts) -> None:
    side = serve(scripts.polite)
    text = ROUTES.replace("stage: retired", "stage: shadow, compare: {{sample: 1%}}")
    facade = start(text.format(legacy=LEGACY.format(legacy=side.url), new=side.url))
    facade.save(text.format(legacy="", new=side.url))
    why = "legacy answers in stage shadow, and the upstream 'legacy' is missing"
    scripts.eventually("refused", lambda: why in facade.said())
    assert facade.get("/old/17")[0] == 200

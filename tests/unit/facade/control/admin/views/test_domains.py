"""How the last attempt to move a domain ended, until another one does."""

from pathlib import Path

from fastapi.testclient import TestClient
from prometheus_client import CollectorRegistry

from chassis.web.app import build_app
from facade.control.admin.models.status import AttemptView
from facade.control.admin.views.domains import FILE as KEPT
from facade.control.admin.views.domains import LONGEST, Attempts, domain_views, domains_router
from facade.control.surroundings.tables import Tables
from facade.routes.file.reading import load
from facade.routes.table import compile_table

FILE = """
upstreams: {legacy: {url: "http://127.0.0.1:1"}, catalog: {url: "http://127.0.0.1:2"}}
routes:
  - {name: save, match: POST /a, new: catalog, stage: new, domain: goods}
domains: {goods: {owner: new, window: open}, orders: {owner: legacy}}
"""


async def ready() -> None:
    return None


def test_the_last_attempt_is_shown_beside_the_owner(tmp_path: Path) -> None:
    tables = Tables(tmp_path, {})
    attempts = Attempts(tmp_path / KEPT)
    tables.table = compile_table(load(FILE.encode()).file)
    app = build_app("Facade", ready, CollectorRegistry())
    app.include_router(domains_router(tables, attempts))
    client = TestClient(app)
    found = domain_views(tables, attempts)
    assert {name: (one.owner, one.window, one.attempt) for name, one in found.items()} == {
        "goods": ("new", "open", None),
        "orders": ("legacy", None, None),
    }
    words = {"toward": "new", "who": "anna", "words": "x" * 999, "good": "false"}
    assert (
        client.post("/api/domains/attempt", params={"domain": "mine", **words}).status_code == 404
    )
    for last in ("false", "true"):
        query = {"domain": "goods", **words, "good": last}
        assert client.post("/api/domains/attempt", params=query).status_code == 200
        attempt = domain_views(tables, attempts)["goods"].attempt
        assert attempt is not None
        assert (attempt.good, attempt.who, len(attempt.words)) == (last == "true", "anna", LONGEST)


def test_it_outlasts_the_process_also_where_the_file_is_no_good(tmp_path: Path) -> None:
    file = tmp_path / KEPT
    said = AttemptView(at=1.0, toward="new", who="anna", words="", good=True)
    Attempts(file).put("goods", said)
    assert Attempts(file).of("goods") == said
    file.write_text('{"goods": {"at": "x"}, "orders": ' + said.model_dump_json() + "}")
    again = Attempts(file)
    assert (again.of("goods"), again.of("orders")) == (None, said)
    file.write_text("{")
    assert Attempts(file).of("orders") is None
    nowhere = Attempts(tmp_path / "gone" / KEPT)
    nowhere.put("goods", said)
    assert nowhere.of("goods") == said

"""Record beside one server, replay against two: the numbers, the files, the exit codes."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as xml

import pytest
from click.testing import CliRunner

from facade.commands.cli import main

pytestmark = pytest.mark.integration

Make = Callable[..., Any]
ROUTES = """
upstreams:
  legacy: {{url: "http://{legacy}"}}
  new: {{url: "http://{new}"}}
routes:
  - {{name: item, match: "GET /items/{{sku}}", new: new, stage: shadow,
      compare: {{sample: 100%, rules: item}}}}
  - {{name: order, match: "POST /orders", new: new, stage: legacy}}
compare_rules:
  item:
    expect: [{{path: $.stock_text, why: words, owner: web, until: 2999-01-01}}]
"""


class Shell:
    """`python -m facade replay`, with a route file."""

    def __init__(self, folder: Path, venv: Path, legacy: str, new: str) -> None:
        self.routes = folder / "routes.yaml"
        self.routes.write_text(ROUTES.format(legacy=legacy, new=new))
        self._environ = {"FACADE_ROUTES": str(self.routes), "FACADE_SIDECAR_VENV": str(venv)}

    def replay(self, *words: str | Path) -> tuple[int, str]:
        """The exit code, and what was said."""
        done = CliRunner().invoke(main, ["replay", *map(str, words)], env=self._environ)
        assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
        return done.exit_code, done.output


def test_what_was_recorded_is_asked_again(
    sidecar: Any, monolith: str, make_monolith: Make, client: Make, tmp_path: Path, mitmproxy: Path
) -> None:
    legacy, new = monolith, make_monolith("new")
    orders = client(legacy, "GET", "/count?of=/orders").json["count"]
    flows = tmp_path / "shop.flows"
    sidecar.call("record", "--to", str(flows))
    for number in range(30):
        client(sidecar.listen, "GET", f"/items/{number}", Cookie="session=sekret")
    client(sidecar.listen, "POST", "/orders", b'{"sku": "B-1"}', Content_Type="application/json")
    sidecar.call("record", "--stop")
    shell = Shell(tmp_path, mitmproxy, legacy, new)

    code, said = shell.replay(flows, "--junit", tmp_path / "out.xml")
    assert said.splitlines()[-1] == "this change alters 6 of 30 answers, 3 of them expected"
    assert "item: $.price  rounding, 3 times" in said
    assert "left out: 1 writes, refused" in said
    assert code == 1
    suite = xml.parse(tmp_path / "out.xml").getroot()[0]
    assert (suite.get("tests"), suite.get("failures")) == ("1", "1")

    code, said = shell.replay(flows, "--against", "legacy", "--json")
    assert json.loads(said)["verdict"] == ("this change alters 0 of 30 answers, 0 of them expected")
    assert code == 0

    cut = tmp_path / "cut.flows"
    cut.write_bytes(flows.read_bytes()[:-2000])
    code, said = shell.replay(cut, "--against", "legacy", "--only", "item")
    assert "cut.flows: the file ends in the middle of a record" in said
    assert "this change alters 0 of 30 answers" in said or "of 29 answers" in said
    assert code == 0

    code, said = shell.replay(flows, "--against", "new", "--sandbox", tmp_path / "none.json")
    assert code == 2 and "cannot read" in said
    declaration = tmp_path / "sandbox.json"
    document = {"sandbox": [f"http://{legacy}"], "by": "ada", "until": "2026-01-01"}
    declaration.write_text(json.dumps(document))
    code, said = shell.replay(flows, "--against", "legacy", "--sandbox", declaration)
    assert code == 2 and "was good until" in said
    now = client(legacy, "GET", "/count?of=/orders").json["count"]
    assert now == orders + 1, "no write was sent again"
    document["until"] = datetime.now(UTC).date().isoformat()
    declaration.write_text(json.dumps(document))
    code, said = shell.replay(flows, "--against", "legacy", "--sandbox", declaration)
    assert client(legacy, "GET", "/count?of=/orders").json["count"] == orders + 2
    assert "31 asked again" in said


def test_a_har_file_needs_no_mitmproxy(make_monolith: Make, tmp_path: Path) -> None:
    legacy, new = make_monolith(), make_monolith("new")
    entries = [
        {
            "startedDateTime": "2026-06-01T10:00:00Z",
            "request": {"method": "GET", "url": f"https://shop/items/{number}", "headers": []},
        }
        for number in range(7)
    ]
    har = tmp_path / "shop.har"
    har.write_text(json.dumps({"log": {"entries": entries}}))
    shell = Shell(tmp_path, tmp_path / "no-environment", legacy, new)
    code, said = shell.replay(har, "--speed", "2x")
    assert said.splitlines()[-1] == "this change alters 0 of 7 answers, 0 of them expected"
    assert code == 0
    assert not (tmp_path / "no-environment").exists()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["none.har"], "no such file: none.har"),
        (["--only", "itme", "x.har"], "itme"),
        (["--upstream", "nwe=http://a:1", "x.har"], "nwe"),
        (["--speed", "fast", "x.har"], "expected a speed such as 2x"),
        (["--sandbox", "x", "x.har"], "recorded writes go to one side only"),
    ],
)
def test_a_wrong_call_is_explained(tmp_path: Path, words: list[str], said: str) -> None:
    shell = Shell(tmp_path, tmp_path / "venv", "127.0.0.1:1", "127.0.0.1:2")
    code, output = shell.replay(*words)
    assert code == 2
    assert said in output

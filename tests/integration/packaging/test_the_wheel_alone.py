"""`pip install` of the wheel is the facade: it starts, answers, records and replays without us."""

import contextlib
import json
import subprocess
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.rigs.processes.installed import Facade, Installed

pytestmark = pytest.mark.integration


def test_the_wheel_holds_no_package_that_collides(installed: Installed) -> None:
    names = zipfile.ZipFile(installed.wheel).namelist()
    tops = {name.partition("/")[0] for name in names if ".dist-info/" not in name}
    assert tops == {"chassis", "facade", "fig"}


def test_nothing_of_the_checkout_is_reached(installed: Installed) -> None:
    assert not (installed.folder / "pyproject.toml").exists()
    code = "import facade, importlib.util as u; print(facade.__file__, u.find_spec('contracts'))"
    found, missing = subprocess.run(
        [installed.venv / "bin" / "python", "-c", code], capture_output=True, text=True,
        check=True, cwd=installed.folder, env=installed.environment,
    ).stdout.split()  # fmt: skip
    assert Path(found).is_relative_to(installed.venv)
    assert missing == "None"


def test_it_answers_records_and_replays(
    installed: Installed, facade: Facade, monolith: str
) -> None:
    assert facade.get("/reports/1") == (200, b'{"path": "/reports/1"}')
    result = installed.call("compare", "report", "--admin", f"http://{facade.admin}", "--json")
    assert [route["route"] for route in json.loads(result)["routes"]] == ["report"]

    runtime = ("--runtime", facade.runtime, "--upstream", monolith)
    with _sidecar(installed, *runtime):
        installed.call("sidecar", "record", "--to", "shop.flows")
        for number in range(3):
            assert facade.get(f"/reports/{number}")[0] == 200
        installed.call("sidecar", "record", "--stop")
    said = installed.call("replay", "shop.flows", "--routes", "my-routes.yaml", "--json")
    result = json.loads(said)
    counts = (result["ok"], result["asked"], result["answers"], result["altered"])
    assert counts == (True, 3, 3, 0), said
    said = installed.call(
        "init", "--legacy", monolith, "--from", "shop.flows", "--output", "drafted.yaml", "--yes"
    )
    assert "drafted.yaml is written: 1 route that" in said
    drafted = (installed.folder / "drafted.yaml").read_text()
    assert "# 3 requests, application/json\n  - name: report\n" in drafted


@contextlib.contextmanager
def _sidecar(installed: Installed, *options: str | Path) -> Iterator[None]:
    installed.call("sidecar", "on", *options)
    try:
        yield
    finally:
        installed.call("sidecar", "off")


def test_the_dashboards_address_is_printed(installed: Installed, facade: Facade) -> None:
    said = facade.log.read_text()
    assert f"the dashboard is at http://{facade.admin}/" in said


@pytest.mark.parametrize("form", ["{0}", "http://{0}", "http://{0}/", ":{1}"])
def test_the_admin_port_is_named_in_any_spelling(
    form: str, installed: Installed, facade: Facade
) -> None:
    address = form.format(facade.admin, facade.admin.rpartition(":")[2])
    for command in (["status"], ["compare"], ["lag"]):
        installed.call(*command, "--admin", address)
    flip = ["flip", "report", "shadow", "--routes", "my-routes.yaml", "--admin", address, "--json"]
    assert json.loads(installed.call(*flip))["facade"] == "applied"

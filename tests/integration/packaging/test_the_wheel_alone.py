"""`pip install` of the wheel is the facade: it starts, answers, records and replays without us."""

import contextlib
import http.client
import json
import signal
import socket
import subprocess
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.rigs.installed import Installed

pytestmark = pytest.mark.integration

ROUTES = """\
upstreams:
  legacy:  {{url: "{legacy}"}}
  reports: {{url: "{legacy}"}}
routes:
  - name: report
    match: GET /reports/{{id}}
    new: reports
    stage: shadow
    compare: {{sample: 100%}}
"""


@dataclass
class Facade:
    """A running one."""

    host: str
    admin: str
    runtime: Path

    def get(self, path: str) -> tuple[int, bytes]:
        """Status and body of an answer through the facade."""
        connection = http.client.HTTPConnection(self.host, timeout=10)
        with contextlib.closing(connection):
            connection.request("GET", path)
            response = connection.getresponse()
            return response.status, response.read()


@pytest.fixture
def facade(
    installed: Installed, monolith: str, free_port: Callable[[], int], wait_for: Callable[..., None]
) -> Iterator[Facade]:
    (installed.folder / "my-routes.yaml").write_text(ROUTES.format(legacy=monolith))
    one = Facade(f"127.0.0.1:{free_port()}", f"127.0.0.1:{free_port()}", installed.folder / "run")
    options = ["--routes", "my-routes.yaml", "--listen", one.host, "--admin", one.admin]
    log = installed.folder / "facade.log"
    with log.open("wb") as said:
        process = subprocess.Popen(
            [str(installed.fig), "facade", *options, "--runtime", str(one.runtime)],
            cwd=installed.folder, env=installed.environment, stdout=said, stderr=said,
        )  # fmt: skip

    def answers() -> bool:
        assert process.poll() is None, log.read_text()
        with contextlib.suppress(OSError, http.client.HTTPException):
            host, _, port = one.admin.rpartition(":")
            socket.create_connection((host, int(port)), 1).close()
            return one.get("/")[0] == 200
        return False

    wait_for("the facade", answers)
    yield one
    process.send_signal(signal.SIGTERM)
    assert process.wait(60) == 0, log.read_text()


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
    told = installed.call("compare", "report", "--admin", f"http://{facade.admin}", "--json")
    assert [route["route"] for route in json.loads(told)["routes"]] == ["report"]

    runtime = ("--runtime", facade.runtime, "--upstream", monolith)
    with _sidecar(installed, *runtime):
        installed.call("sidecar", "record", "--to", "shop.flows")
        for number in range(3):
            assert facade.get(f"/reports/{number}")[0] == 200
        installed.call("sidecar", "record", "--stop")
    said = installed.call("replay", "shop.flows", "--routes", "my-routes.yaml", "--json")
    told = json.loads(said)
    assert (told["ok"], told["asked"], told["answers"], told["altered"]) == (True, 3, 3, 0), said


@contextlib.contextmanager
def _sidecar(installed: Installed, *options: str | Path) -> Iterator[None]:
    installed.call("sidecar", "on", *options)
    try:
        yield
    finally:
        installed.call("sidecar", "off")

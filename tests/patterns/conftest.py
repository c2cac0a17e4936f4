"""One stack for the ten patterns: orders and one read stand on the new side from the beginning.

All files belong to one worker: see `longest.Files`.
"""

import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from fig.clients.shop import Customer, Reply, ask
from fig.tour.pattern import ORDERS
from tests.rigs.collector import Collector, collecting

PROJECT = Path(__file__).parents[2]
SIDECAR = PROJECT / ".venv-sidecar" / "environment"  # made once for all runs, beside .venv
SECONDS = 400.0
PATIENCE = 60.0


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Several commands each take their time."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.e2e)
            item.add_marker(pytest.mark.timeout(600))


@dataclass
class Shop:
    """The running stack, by its commands and as a customer."""

    folder: Path
    base: int
    collector: Collector  # the facade exports its spans there, and those of the services

    @property
    def _environment(self) -> dict[str, str]:
        own = {name: text for name, text in os.environ.items() if not name.startswith("FIG_")}
        return {
            **own,
            "FIG_HOME": str(self.folder / ".fig"),
            "FIG_ROUTES": str(self.folder / "routes.yaml"),
            "FIG_PORT_BASE": str(self.base),
            "FACADE_SIDECAR_VENV": str(SIDECAR),
        }

    def start(self, *words: str) -> "subprocess.Popen[str]":
        """Begin `fig WORDS`."""
        return subprocess.Popen(
            [sys.executable, "-m", "fig", *words],
            cwd=PROJECT,
            env=self._environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def fig(self, *words: str, code: int | None = 0) -> str:
        """What `fig WORDS` says; it must end with this code (None: any)."""
        process = self.start(*words)
        said, _ = process.communicate(timeout=SECONDS)
        assert code in (None, process.returncode), f"fig {' '.join(words)}: {said}"
        return said

    def json(self, *words: str) -> Any:
        """The document that `fig WORDS --json` gives, whatever its exit code."""
        said = self.fig(*words, "--json", code=None)
        try:
            return json.loads(said)
        except ValueError as error:
            raise AssertionError(f"fig {' '.join(words)}: {said}") from error

    def url(self, port: str) -> str:
        """Of a server of the stack."""
        state = json.loads((self.folder / ".fig" / "run" / "state.json").read_text())
        return f"http://127.0.0.1:{state['ports'][port]}"

    def ask(self, path: str, port: str = "facade", **headers: str) -> Reply:
        """As anybody."""
        return ask(self.url(port), path, **headers)

    def customer(self, port: str = "facade") -> Customer:
        """The one that `fig order` orders for."""
        return Customer(self.url(port), self.folder / ".fig" / "run" / "customer.json")

    def stage(self, route: str) -> str:
        """Where the route stands in the file."""
        text = (self.folder / "routes.yaml").read_text()
        found = re.search(rf"- name: {route}\n(?:    .*\n)*?    stage: (\S+)", text)
        assert found is not None, route
        return found[1]


def at_new(text: str, routes: Mapping[str, str]) -> str:
    """The route file with these routes in their stage; a first table is not judged by steps."""
    for route, stage in routes.items():
        text, count = re.subn(
            rf"(- name: {route}\n(?:    .*\n)*?    stage: )\S+", rf"\g<1>{stage}", text
        )
        assert count == 1, route
    return text


def wait_until(what: str, true: Callable[[], object]) -> None:
    """Polls; fails with `what` after a while."""
    deadline = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < deadline, what
        time.sleep(0.1)


@pytest.fixture(name="until")
def _until() -> Callable[[str, Callable[[], object]], None]:
    return wait_until


@pytest.fixture(scope="session")
def collector() -> Iterator[Collector]:
    """As long as the stack."""
    with collecting() as found:
        yield found


@pytest.fixture(scope="session")
def shop(
    tmp_path_factory: pytest.TempPathFactory,
    free_base: int,
    collector: Collector,
    shop_in: Callable[[Path], None],
) -> Iterator[Shop]:
    """Up for all tests of this folder."""
    made = Shop(tmp_path_factory.mktemp("patterns"), free_base, collector)
    routes = at_new((PROJECT / "routes.yaml").read_text(), ORDERS | {"product-detail": "new"})
    (made.folder / "routes.yaml").write_text(routes)
    shop_in(made.folder / ".fig")
    try:
        made.fig("up", "--detach", "--set", f"facade.FACADE_OTLP_ENDPOINT={collector.url}")
        # A guard would rightly move a route back whose new side a test kills.
        made.fig("freeze", "--why", "tests kill sides on purpose")
        made.fig("get", "/api/products/SHO-10466", "--until", "side=new", "--patience", "200")
        yield made
    finally:
        made.start("sidecar", "off").communicate(timeout=60)
        made.start("down").communicate(timeout=60)


@pytest.fixture
def tour(shop: Shop) -> Callable[[str], dict[str, str]]:
    """`tour(PATTERN)`: the page's commands in order, each showing what it should; what each said,
    by its line (of a line that comes twice the last)."""

    def run(pattern: str) -> dict[str, str]:
        stages = (shop.folder / "routes.yaml").read_text()
        document = shop.json("tour", pattern)
        (found,) = document["patterns"]
        bad = [step for step in found["steps"] if not step["ok"]]
        assert document["ok"] and not bad, bad
        assert (shop.folder / "routes.yaml").read_text() == stages, "everything is put back"
        assert (shop.folder / "routes.freeze").exists(), "somebody else's freeze stays"
        return {step["command"]: step["output"] for step in found["steps"]}

    return run

"""A real facade under load while the sidecar comes, is killed, and goes: no request is lost."""

import os
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from chassis.registry.redirects import LEASE_SECONDS, REDIRECTS
from tests.rigs.processes.pace import until_next
from tests.rigs.processes.warm import WARM, Forked
from tests.rigs.processes.warm_facade import FACADE

pytestmark = pytest.mark.integration

PROJECT = Path(__file__).parents[3]
Make = Callable[..., Any]


@pytest.fixture
def make_facade(tmp_path: Path, free_port: Callable[[], int]) -> Iterator[Callable[[str], str]]:
    """Starts a facade before a monolith, with its runtime in `tmp_path / "runtime"`."""
    running: list[Forked] = []

    def make(legacy: str) -> str:
        routes = tmp_path / "routes.yaml"
        routes.write_text(f'upstreams: {{legacy: {{url: "http://{legacy}"}}}}\n')
        address = f"127.0.0.1:{free_port()}"
        options = {
            "--listen": address,
            "--admin": f"127.0.0.1:{free_port()}",
            "--runtime": str(tmp_path / "runtime"),
        }
        words = [word for pair in options.items() for word in pair]
        with (tmp_path / "facade.log").open("ab") as log:
            command = (FACADE, "run", "--routes", str(routes), *words)
            running.append(WARM.start(*command, env=dict(os.environ), stderr=log.fileno()))
        return address

    yield make
    for process in running:
        process.terminate()
        process.wait(30)


class Load:
    """Asks again and again on connections of its own, until stopped."""

    def __init__(self, ask: Make, address: str, threads: int = 3) -> None:
        self.outcomes: Counter[str] = Counter()
        self._ask, self._address = ask, address
        self._stop = threading.Event()
        self._threads = [threading.Thread(target=self._run, args=(n,)) for n in range(threads)]

    def __enter__(self) -> "Load":
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()

    def _run(self, number: int) -> None:
        turn = 0
        while not self._stop.is_set():
            turn += 1
            method, body = ("POST", b"x") if (turn + number) % 4 == 0 else ("GET", b"")
            answer = self._ask(self._address, method, f"/load/{turn}", body)
            self.outcomes[f"{answer.status}{answer.broken}"] += 1


def seen(sidecar: Any) -> int:
    status = sidecar.handle.status()
    return sum(shape["requests"] for shape in status["shapes"].values()) if status else 0


def until(what: str, check: Callable[[], bool], seconds: float = 60.0) -> None:
    since = time.monotonic()
    while not check():
        assert time.monotonic() < since + seconds, what
        time.sleep(until_next(since))


def test_no_request_is_lost_when_it_comes_and_goes(
    monolith: str, make_sidecar: Make, make_facade: Make, client: Make, tmp_path: Path
) -> None:
    facade = make_facade(monolith)
    until("the facade answers", lambda: client(facade, "GET", "/x").status == 200)
    sidecar = make_sidecar(monolith, tmp_path / "runtime")
    with Load(client, facade) as load:
        sidecar.on()
        assert sidecar.listen in (tmp_path / "runtime" / REDIRECTS).read_text(), "it says so then"
        until("traffic comes through the sidecar", lambda: seen(sidecar) > 50)
        sidecar.call("off")
        passed = sum(load.outcomes.values())
        until("traffic goes on", lambda: sum(load.outcomes.values()) > passed + 50)
    assert set(load.outcomes) == {"200"}, load.outcomes


def test_whichever_process_is_killed_the_monolith_is_reached_again(
    monolith: str, make_sidecar: Make, make_facade: Make, client: Make, tmp_path: Path
) -> None:
    facade = make_facade(monolith)
    until("the facade answers", lambda: client(facade, "GET", "/x").status == 200)
    sidecar = make_sidecar(monolith, tmp_path / "runtime")
    sidecar.on()
    until("comes through", lambda: bool(client(facade, "GET", "/x").status and seen(sidecar)))
    first = sidecar.status()["pid"]
    os.kill(first, 9)
    until("directly again", lambda: client(facade, "GET", "/x").status == 200)
    until("a new proxy", lambda: (sidecar.handle.status() or {"pid": first})["pid"] != first)
    until("comes through again", lambda: bool(client(facade, "GET", "/x").status and seen(sidecar)))

    guardian, proxy = sidecar.handle.guardian(), sidecar.status()["pid"]
    with Load(client, facade) as load:
        os.kill(guardian.pid, 9)  # nobody renews the lease: the proxy stays until it has run out
        time.sleep(LEASE_SECONDS)
        until("the proxy ends by itself", lambda: not Path(f"/proc/{proxy}").exists())
    assert set(load.outcomes) == {"200"}, load.outcomes

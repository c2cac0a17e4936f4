"""The command line, a facade with no folder of its own named, and evidence that survives it."""

import json
import os
import signal
import subprocess
import sys
import urllib.parse
import urllib.request
from pathlib import Path
from typing import Any

import pytest

from chassis.process.tokens import authorization
from facade.runtime.statefolder import folder_of, running
from tests.integration.facade.conftest import PROJECT, eventually
from tests.rigs.processes.ports import free_port
from tests.rigs.processes.warm import WARM

# Whole interpreters are started, one after the other.
pytestmark = [pytest.mark.integration, pytest.mark.timeout(400)]

ROUTES = """
upstreams: {legacy: {url: "http://127.0.0.1:9"}, fresh: {url: "http://127.0.0.1:9"}}
routes:
  - {name: reads, match: GET /a, new: fresh, stage: shadow, compare: {sample: 100%}}
"""


def facade(*words: str) -> subprocess.CompletedProcess[str]:
    clean = {name: value for name, value in os.environ.items() if not name.startswith("FACADE_")}
    return WARM.run("facade", *words, env=clean, timeout=150)


class Plain:
    """`facade run` as a person starts it: the route file and ports, and nothing else."""

    def __init__(self, routes: Path) -> None:
        self.admin = free_port()
        self.log = routes.with_name("facade.log").open("a")
        command = [sys.executable, "-m", "facade", "run", "--routes", str(routes)]
        command += ["--listen", f"127.0.0.1:{free_port()}", "--admin", f"127.0.0.1:{self.admin}"]
        self.process = subprocess.Popen(command, cwd=PROJECT, stdout=self.log, stderr=self.log)
        eventually("it is ready", lambda: self.call("/api/compare"), 150.0)

    def call(self, path: str, method: str = "GET", **query: str) -> Any:
        url = f"http://127.0.0.1:{self.admin}{path}?{urllib.parse.urlencode(query)}"
        try:
            with urllib.request.urlopen(
                urllib.request.Request(url, method=method, headers=authorization(url))
            ) as answer:
                return json.load(answer)
        except OSError:
            return None

    def forced(self) -> list[str]:
        (route,) = self.call("/api/compare")["routes"]
        return [one["reason"] for one in route["forced"]]

    def stop(self, how: int = signal.SIGTERM) -> None:
        self.process.send_signal(how)
        self.process.wait(30)
        self.log.close()


def test_from_nobody_running_over_a_restart_to_the_evidence_of_before(tmp_path: Path) -> None:
    routes = tmp_path / "routes.yaml"
    routes.write_text(ROUTES)
    step = ("flip", "reads", "canary", "5", "--routes", str(routes))
    refused = facade(*step)
    assert refused.returncode == 1
    assert "no running facade could be asked" in refused.stderr
    forced = facade(*step, "--force", "before it ran")
    assert forced.returncode == 0, forced.stderr

    first = Plain(routes)
    try:
        assert first.call("/api/compare")["store"] == str(folder_of(routes) / "evidence.sqlite")
        eventually("the reason was kept for it", lambda: first.forced() == ["before it ran"])
        assert running(routes) == f"http://127.0.0.1:{first.admin}"
        refused = facade("flip", "reads", "canary", "9", "--routes", str(routes))
        assert refused.returncode == 1
        assert "116 more pairs without a difference are needed" in refused.stderr
        more = facade("flip", "reads", "canary", "9", "--routes", str(routes), "--force", "again")
        assert "workers decide by it" in more.stdout, "found without --admin"
        eventually("it is noted", lambda: first.forced() == ["before it ran", "again"])
    finally:
        first.stop(signal.SIGTERM)
    assert running(routes) is None

    second = Plain(routes)
    try:
        eventually("both are kept", lambda: second.forced() == ["before it ran", "again"])
    finally:
        second.stop()
    said = (tmp_path / "facade.log").read_text()
    assert f"evidence lies in {folder_of(routes)}/evidence.sqlite" in said

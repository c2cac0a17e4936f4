"""A whole stack of a test's own, whose route file the test edits as a person does."""

import os
import subprocess
import sys
import time
from pathlib import Path

import yaml

from chassis.cli.calls import NoAnswer, call_object

PROJECT = Path(__file__).parents[3]
MOVED = ("storefront", "accounts", "orders", "catalog", "inventory")
IN_FORCE_SECONDS = 60.0
USUAL_SECONDS = 240.0  # for a command of the stack that is not a load


class Shop:
    """`fig` in a folder and on ports of its own; every page is at the new side at first."""

    def __init__(self, folder: Path, port_base: int) -> None:
        self.file = folder / "routes.yaml"
        self.routes = yaml.safe_load((PROJECT / "routes.yaml").read_text("utf-8"))
        self.write("new")
        self.url = f"http://127.0.0.1:{port_base}"
        self.admin = f"http://127.0.0.1:{port_base + 1}"
        self.legacy = f"http://127.0.0.1:{port_base + 2}"
        self.env = {
            **os.environ,
            "FIG_HOME": str(folder / "fig home"),
            "FIG_ROUTES": str(self.file),
            "FIG_PORT_BASE": str(port_base),
        }

    def fig(self, *words: str) -> str:
        """What the command printed; it must have ended well."""
        done = self.run(*words)
        assert done.returncode == 0, f"fig {' '.join(words)}: {done.stdout}{done.stderr}"
        return done.stdout

    def run(self, *words: str, seconds: int = 0) -> subprocess.CompletedProcess[str]:
        """A command that has ended, well or not; `seconds`: how long it lasts by itself."""
        return subprocess.run(
            [sys.executable, "-m", "fig", *words],
            cwd=PROJECT, env=self.env, capture_output=True, text=True,
            timeout=seconds + USUAL_SECONDS, check=False,
        )  # fmt: skip

    def write(self, stage: str, percent: int | None = None) -> None:
        """The file, with every route that has a new side there; what is only new stays so."""
        for route in self.routes["routes"]:
            if route.get("new") not in MOVED or route.get("fallback") is False:
                continue
            route["stage"] = stage
            route.pop("percent", None)
            if percent is not None:
                route["percent"] = percent
        beside = self.file.with_suffix(".new")
        beside.write_text(
            yaml.dump(self.routes, Dumper=yaml.CSafeDumper, sort_keys=False, allow_unicode=True)
        )
        beside.rename(self.file)

    def move(self, stage: str, percent: int | None = None) -> None:
        """Edit the file, and wait until every worker decides by it."""
        self.write(stage, percent)
        deadline = time.monotonic() + IN_FORCE_SECONDS
        while not self._in_force(stage, percent):
            assert time.monotonic() < deadline, f"{stage} {percent}: not in force"
            time.sleep(0.1)

    def to_shadow(self) -> None:
        """From wherever the tests before have left it, step by step."""
        if any(
            route["stage"] == "new"
            for route in self.routes["routes"]
            if route["name"] == "cart-page"
        ):
            self.move("canary", 50)
        self.move("shadow")

    def _in_force(self, stage: str, percent: int | None) -> bool:
        try:
            status = call_object(f"{self.admin}/api/status")
        except NoAnswer:  # it is busy
            return False
        (cart,) = [each for each in status["routes"] if each["name"] == "cart-page"]
        shown = cart["stage"], cart["percent"] if stage == "canary" else percent
        versions = {status["version"], *(worker["version"] for worker in status["workers"])}
        return bool(shown == (stage, percent)) and len(versions) == 1

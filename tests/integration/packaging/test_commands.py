"""Every command of `fig`, called in an empty folder where only the wheel is installed."""

import subprocess
from pathlib import Path

import pytest

from fig.__main__ import ANY_FACADE, SHOP
from tests.rigs.processes.installed import Installed

pytestmark = pytest.mark.integration

NO_FILE = "routes.yaml:1:1: cannot read the file: No such file or directory; `fig init` writes"
ADMIN = "name a facade with --admin HOST:PORT"
# Called so, with nothing there: the exit code, and words that say what to do.
TABLE: dict[tuple[str, ...], tuple[int, str]] = {
    ("facade",): (2, NO_FILE),
    ("facade", "--help"): (0, "Usage: fig facade"),
    ("facade", "--admin", "nowhere"): (2, "is not HOST:PORT, :PORT or http://HOST:PORT"),
    ("init",): (2, "Missing option '--legacy'"),
    ("init", "--legacy", "http://127.0.0.1:1", "--yes"): (0, "routes.yaml is written"),
    ("check",): (2, NO_FILE),
    ("check", "--help"): (0, "Usage: fig check"),
    ("status",): (1, ADMIN),
    ("status", "--admin", ":1"): (1, "is the facade running"),
    ("flip",): (2, "Try 'fig flip --help' for help"),
    ("flip", "a", "new"): (2, NO_FILE),
    ("explain", "GET", "/"): (2, NO_FILE),
    ("keys",): (2, "Usage: fig keys"),
    ("keys", "list"): (2, NO_FILE),
    ("keys", "add", "me", "--file", "keys.json"): (0, "fig_"),
    ("keys", "rotate"): (2, "name it with --key"),
    ("compare",): (1, ADMIN),
    ("compare", "--calibrate"): (1, "this needs the shop"),
    ("compare", "--admin", "x"): (2, "is not HOST:PORT, :PORT or http://HOST:PORT"),
    ("lag",): (1, ADMIN),
    ("sidecar",): (2, "Usage: fig sidecar"),
    ("sidecar", "on"): (1, NO_FILE),
    ("sidecar", "off"): (0, "the sidecar was off already"),
    ("sidecar", "status"): (1, "off"),
    ("replay",): (2, "Try 'fig replay --help' for help"),
    ("replay", "none.flows"): (2, NO_FILE),
    ("token",): (1, ADMIN),
    ("token", "--admin", ":1"): (1, "keys/admin.token"),
    ("migrate",): (2, "Try 'fig migrate --help' for help"),
    ("migrate", "a"): (1, "name its admin port with --admin"),
    ("approve",): (2, "Try 'fig approve --help' for help"),
    ("undo",): (1, "name its admin port with --admin"),
    ("journal",): (1, "name its admin port with --admin"),
    ("trace", "R-1"): (1, "name its admin port with --admin"),
    ("freeze",): (0, "frozen"),
    ("retire",): (2, "name a route or a domain, or say --all"),
    ("retire", "--all"): (2, NO_FILE),
    ("retire", "a", "--horizon", "soon"): (2, "expected a time such as 250ms, 2s or 1m"),
    ("--version",): (0, "Strangler Fig "),
    ("fly",): (2, "No such command 'fly'"),
}
TABLE[("up", "--help")] = (0, "run `make install` in a checkout")
for _name in SHOP:
    TABLE[(_name,)] = (2, f"`fig {_name}`: this needs the shop")


def test_the_table_has_every_command() -> None:
    assert {words[0] for words in TABLE} >= ANY_FACADE.keys() | SHOP.keys()


@pytest.mark.parametrize("words", TABLE, ids=" ".join)
def test_it_says_what_to_do(words: tuple[str, ...], installed: Installed, tmp_path: Path) -> None:
    code, wanted = TABLE[words]
    done = subprocess.run(
        [installed.fig, *words], cwd=tmp_path, env=installed.environment,
        capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    said = " ".join((done.stdout + done.stderr).split())
    assert (done.returncode, wanted in said) == (code, True), said
    assert "Traceback" not in said


def test_a_folder_of_the_name_of_ours_is_not_taken_for_ours(
    installed: Installed, tmp_path: Path
) -> None:
    for name in ("facade", "fig", "chassis"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "__init__.py").write_text("raise SystemExit('theirs')")
    done = subprocess.run(
        [installed.fig, "check", "--help"], cwd=tmp_path, env=installed.environment,
        capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    assert (done.returncode, "Usage: fig check" in done.stdout) == (0, True), done.stderr

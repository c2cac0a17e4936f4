"""What the fork server holds is what the stack's processes import, and nothing of our own."""

import subprocess
import sys
from pathlib import Path

import pytest

from fig.supervise.forkserver import libraries

ROOT = Path(__file__).parents[5]
AFTER = """
import importlib, sys, threading
from fig.supervise.forkserver import libraries
libraries.preload()
before = set(sys.modules)
assert "chassis" not in sys.modules and "contracts" not in sys.modules
assert threading.active_count() == 1
for module in sys.argv[1:]:
    importlib.import_module(module)
third = {
    name.partition(".")[0]
    for name, module in sys.modules.items()
    if name not in before and "site-packages" in (getattr(module, "__file__", None) or "")
}
print(*sorted(third))
"""


def imported_besides(*modules: str) -> set[str]:
    """The libraries that these modules of ours import and the fork server does not hold."""
    words = [sys.executable, "-c", AFTER, *modules]
    run = subprocess.run(words, cwd=ROOT, capture_output=True, text=True)
    assert run.returncode == 0, run.stderr
    return set(run.stdout.split())


def test_services_import_no_library_that_the_fork_server_should_hold() -> None:
    services = ("catalog", "orders", "accounts", "storefront", "notifications", "feed")
    assert imported_besides(*(f"new_services.{name}.app" for name in services)) == set()


@pytest.mark.legacy
def test_nor_does_the_monolith() -> None:
    assert imported_besides("legacy_monolith.app", "legacy_monolith.seed.store") == set()


def test_another_library_is_noticed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "site-packages"
    folder.mkdir()
    monkeypatch.setattr(sys, "path", [str(folder)])
    before = libraries.installed()
    (folder / "another-1.0.dist-info").mkdir()
    assert libraries.installed() != before

"""A wheel that is built so holds the C modules; it needs no compiler where it is installed."""

import subprocess
import zipfile
from pathlib import Path

import pytest

from chassis.compiled import LIBRARY, MANIFEST, ROOT, SUFFIX, c_module
from tests.rigs.processes.installed import install

pytestmark = [
    pytest.mark.integration,
    pytest.mark.skipif(not (ROOT / LIBRARY).exists(), reason="needs `make compile`"),
]
MODULE = "facade/proxy/exchange.py"
RUNS = "import facade.proxy.exchange as e; print(e.__file__)"


@pytest.mark.timeout(400)
def test_it_runs_compiled_and_only_with_its_own_sources(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FIG_BUILD", "compiled")
    installed = install(tmp_path)
    names = set(zipfile.ZipFile(installed.wheel).namelist())
    assert {LIBRARY, MANIFEST, MODULE, c_module(MODULE)} <= names
    assert "none-any" not in installed.wheel.name

    def run() -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [installed.venv / "bin" / "python", "-c", RUNS], capture_output=True, text=True,
            check=False, cwd=installed.folder, env=installed.environment,
        )  # fmt: skip

    first = run()
    assert first.stdout.strip().endswith(c_module(MODULE)), first.stderr
    file = Path(first.stdout.strip().removesuffix(SUFFIX) + ".py")
    assert file.is_relative_to(installed.venv)
    file.write_text(file.read_text() + "EDITED = 1\n")
    assert run().returncode == 2
    assert "install the wheel again" in run().stderr

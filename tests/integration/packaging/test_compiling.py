"""`make compile` and `make uncompile` on a checkout of a few files; a stale C module never runs."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from chassis.compiled import LIBRARY, MANIFEST, SUFFIX
from compiling.build import missing
from tests.rigs.house.source import ROOT

pytestmark = pytest.mark.integration

SOURCE = "chassis/breaker/circuit.py"
RUNS = "import chassis.breaker.circuit as c; print(c.__file__, c.Breaker.__module__)"
NEEDS = pytest.mark.skipif(missing() is not None, reason=f"needs {missing()}")


def checkout(folder: Path, *parts: str) -> Path:
    """A folder with these parts of the checkout, without C modules."""
    for part in parts:
        ignored = shutil.ignore_patterns("*.so", "plane.*", "__pycache__")
        if (ROOT / part).is_dir():
            shutil.copytree(ROOT / part, folder / part, ignore=ignored)
        else:
            (folder / part).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / part, folder / part)
    return folder


def run(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(folder)}
    return subprocess.run(
        [sys.executable, *words], cwd=folder, env=environment, capture_output=True, text=True,
        check=False, timeout=300,
    )  # fmt: skip


@NEEDS
@pytest.mark.timeout(400)
def test_compiled_edited_refused_and_python_again(tmp_path: Path) -> None:
    breaker = ("chassis/__init__.py", "chassis/compiled.py", "chassis/breaker")
    folder = checkout(tmp_path, *breaker, "compiling", "Makefile")
    put = run(folder, "-m", "compiling", "put")
    assert (put.returncode, put.stderr) == (0, ""), put.stdout + put.stderr
    assert put.stdout.endswith(
        "1 modules are compiled; processes that start from now on run them\n"
    )
    assert (folder / LIBRARY).exists()
    assert run(folder, "-c", RUNS).stdout.split()[0].endswith(SUFFIX)

    with (folder / SOURCE).open("a") as file:
        file.write("EDITED = 1\n")
    stale = run(folder, "-c", RUNS)
    assert (stale.returncode, stale.stdout) == (2, "")
    assert stale.stderr == (
        f"{SOURCE} is not the source that its C module was built from: "
        "run `make compile`, or `make uncompile` to run the sources\n"
    )
    assert "run `make compile`" in run(folder, "-m", "compiling", "offer").stdout

    away = run(folder, "-m", "compiling", "away")
    assert away.returncode == 0, away.stderr
    assert run(folder, "-c", RUNS).stdout.split()[0].endswith("circuit.py")


@pytest.mark.parametrize("program", ["facade", "facade.control"])
def test_no_process_of_the_facade_starts_by_a_stale_module(tmp_path: Path, program: str) -> None:
    folder = checkout(tmp_path, "facade", "chassis", "Makefile")
    (folder / LIBRARY).touch()
    built = {"compiled": {"facade/http1/fields.py": "of another source"}, "read": {}}
    (folder / MANIFEST).write_text(json.dumps(built))
    ended = run(folder, "-m", program, *(["--help"] if program == "facade" else []))
    assert ended.returncode == 2
    assert ended.stderr.startswith("facade/http1/fields.py is not the source that its C module")

"""`.ci/run`, with programs in place of `make` and Python that write down how they were called."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.rigs.house.source import ROOT

pytestmark = pytest.mark.integration

MAKE = """#!/bin/sh
case $2 in *"--pytest='--reruns 1 "*) twice=" twice" ;; esac
echo "make $1$twice${FIG_FUZZ_SECONDS:+ $FIG_FUZZ_SECONDS s}" >>"$CALLS"
[ "$1" != "$FAILS" ]
"""
PYTHON = """#!/bin/sh
echo "python $*" >>"$CALLS"
printf '%s' "$LACKS"
"""
BEFORE = ["make test", "python -m compiling lack"]
COMPILED = ["make test-compiled", "make fuzz 30 s"]
SOURCES = ["make alone twice", "make fuzz 60 s"]


def ci(
    folder: Path, *, lacks: str = "", fails: str = ""
) -> tuple[subprocess.CompletedProcess[str], list[str]]:
    """Run it in a folder of these programs: how it ended, and what it called."""
    for name, text in {
        "bin/make": MAKE,
        "bin/chromium": "#!/bin/sh\n",
        ".venv/bin/python": PYTHON,
    }.items():
        program = folder / name
        program.parent.mkdir(parents=True, exist_ok=True)
        program.write_text(text)
        program.chmod(0o755)
    (folder / ".ci").mkdir()
    shutil.copy(ROOT / ".ci/run", folder / ".ci/run")
    calls = folder / "calls"
    environment = {
        "PATH": f"{folder / 'bin'}{os.pathsep}{os.environ['PATH']}",
        "CALLS": str(calls),
        "LACKS": lacks,
        "FAILS": fails,
    }
    ended = subprocess.run(
        [folder / ".ci/run"],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    return ended, calls.read_text().splitlines()


def test_both_builds_are_tested_where_a_compiler_is(tmp_path: Path) -> None:
    ended, calls = ci(tmp_path)
    assert ended.returncode == 0, ended.stderr
    assert calls == [*BEFORE, *COMPILED, "make uncompile", *SOURCES]


def test_without_one_the_sources_are_and_it_says_so(tmp_path: Path) -> None:
    ended, calls = ci(tmp_path, lacks="the C compiler (cc)")
    assert ended.returncode == 0, ended.stderr
    assert calls == [*BEFORE, *SOURCES]
    said = "the compiled build is not tested: compiling needs the C compiler (cc)\n"
    assert ended.stdout == said


@pytest.mark.parametrize(("fails", "done"), [("test-compiled", 1), ("fuzz", 2)])
def test_a_failure_of_the_compiled_build_fails_it_and_leaves_the_sources(
    tmp_path: Path, fails: str, done: int
) -> None:
    ended, calls = ci(tmp_path, fails=fails)
    assert ended.returncode == 1
    assert calls == [*BEFORE, *COMPILED[:done], "make uncompile"]


def test_a_failure_of_the_sources_ends_it_before_anything_is_compiled(tmp_path: Path) -> None:
    ended, calls = ci(tmp_path, fails="test")
    assert (ended.returncode, calls) == (1, ["make test"])

"""Make the copy, install it, run what remains of its tests, bring its shop up and sell.

Exit codes: 0 it stands; else that of the step which failed, which says why.
"""

import argparse
import shlex
import subprocess
import sys
import sysconfig
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from tests.rigs.alone.copying import Copy, borrow, copy, install
from tests.rigs.alone.needing import ROOT

PURE = ("tests/unit", "tests/contract")
SHOP = ("tests/integration/fig/test_standing_alone.py",)


def main() -> None:
    """All steps, in a folder that goes afterwards."""
    options = argparse.ArgumentParser(prog="python -m tests.rigs.alone", description=__doc__)
    options.add_argument("--borrow", action="store_true", help="no installation of its own")
    options.add_argument("--keep", metavar="FOLDER", type=Path, help="make it here, and keep it")
    options.add_argument("--pytest", metavar="OPTIONS", default=(), type=shlex.split,
                         help="more options of pytest")  # fmt: skip
    given = options.parse_args()
    if given.keep is not None:
        _all(given.keep, given.pytest, borrowed=given.borrow)
        return
    with tempfile.TemporaryDirectory(prefix="fig-alone-") as folder:
        _all(Path(folder) / "tree", given.pytest, borrowed=given.borrow)


def _all(folder: Path, more: Sequence[str], *, borrowed: bool) -> None:
    began = time.monotonic()
    made = copy(ROOT, folder)
    tests = sum(1 for name in made.needing if "/test_" in name)
    _say(f"{len(made.deleted)} files deleted, and {tests} test files that need them", began)
    borrow(made, Path(sysconfig.get_path("purelib"))) if borrowed else install(made)
    _say("installed", began)
    _run(made, *more, "-n", "2", *PURE)
    _say("the tests that remain have passed", began)
    _run(made, *more, "-n", "0", "-s", *SHOP)
    _say("the shop without a monolith has sold", began)


def _run(made: Copy, *words: str) -> None:
    command = [made.python, "-m", "pytest", "-q", "-m", "not legacy", *words]
    done = subprocess.run(command, cwd=made.folder, check=False)
    if done.returncode:
        print(f"alone: failed: {' '.join(words)}", file=sys.stderr)
        raise SystemExit(done.returncode)


def _say(text: str, began: float) -> None:
    print(f"alone: {time.monotonic() - began:5.0f} s  {text}", flush=True)


if __name__ == "__main__":
    main()

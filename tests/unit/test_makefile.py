"""`make help` names every target, and none of them can be mistaken for a file."""

import re
import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[2]
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
TARGETS = set(re.findall(r"^([a-z][a-z-]*):", MAKEFILE, re.MULTILINE))


def test_help_lists_every_target() -> None:
    printed = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True)
    listed = re.findall(r"^  make ([a-z-]+)", printed.stdout, re.MULTILINE)
    assert sorted(listed) == sorted(TARGETS)


def test_every_target_is_phony() -> None:
    phony = re.search(r"^\.PHONY:(.*)", MAKEFILE.replace("\\\n", " "), re.MULTILINE)
    assert phony is not None
    assert set(phony.group(1).split()) == TARGETS

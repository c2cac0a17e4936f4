"""How a command and an environment are laid down in the memory that others read."""

import os
import subprocess
import sys
from pathlib import Path

from fig.supervise.forkserver.shown import laid_down

SHOWN = """
import os, sys
from pathlib import Path
from fig.supervise.forkserver.shown import ROOM_VARIABLE, show
os.environ.clear()
os.environ["SECRET"] = "kept from nobody of the same user"
show(["python", "-m", "shop", "two words"], {"A": "1", "SECRET": "s"})
assert os.environ["SECRET"] == "kept from nobody of the same user"
print(Path("/proc/self/cmdline").read_bytes().rstrip(b"\\0").split(b"\\0"))
print(Path("/proc/self/environ").read_bytes().rstrip(b"\\0").split(b"\\0"))
subprocess = __import__("subprocess")
print(subprocess.run(["/usr/bin/env"], capture_output=True, check=True).stdout)
"""


def test_texts_are_closed_and_the_rest_is_empty() -> None:
    assert laid_down(["ab", "", "c"], 8) == b"ab\0\0c\0\0\0"


def test_what_has_no_room_is_left_out_whole() -> None:
    assert laid_down(["abc", "defgh", "i"], 8) == b"abc\0\0\0\0\0"


def test_the_system_shows_them_and_the_process_keeps_its_own() -> None:
    words = [sys.executable, "-c", SHOWN, " " * 100]
    environment = {"PATH": os.environ["PATH"], "PADDING": "x" * 100}
    root = Path(__file__).parents[5]
    run = subprocess.run(words, env=environment, cwd=root, capture_output=True, text=True)
    assert run.stderr == ""
    command, shown, inherited = run.stdout.splitlines()
    assert command == str([b"python", b"-m", b"shop", b"two words"])
    assert shown == str([b"A=1", b"SECRET=s"])
    assert "SECRET=kept from nobody of the same user" in inherited

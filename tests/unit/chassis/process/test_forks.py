"""A module in a fork ends as it does by `python -m`."""

import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[4]
RUN = "import sys; from chassis.process.forks import run_and_leave; sys.argv.pop(0); run_and_leave"
ENDINGS = {
    "returns": "print('said')",
    "code": "import sys; print('said'); sys.exit(7)",
    "code of more than a byte": "import sys; sys.exit(-1)",
    "true": "import sys; sys.exit(True)",
    "no code": "import sys; sys.exit()",
    "message": "import sys; print('said'); sys.exit('not so')",
    "error": "print('said'); raise ValueError('wrong')",
    "interrupted": "print('said'); raise KeyboardInterrupt",
    "registered": "import atexit; atexit.register(print, 'last'); print('said')",
    "registered fails": "import atexit; atexit.register(lambda: 1 / 0); print('said')",
    "temporary folder": (
        "import os, tempfile, atexit; t = tempfile.TemporaryDirectory();"
        " atexit.register(lambda: print(os.path.exists(t.name)))"
    ),
    "thread": (
        "import threading, time; e = threading.Event();"
        " threading.Thread(target=lambda: (e.wait(), print('thread'))).start();"
        " threading.Timer(0.05, e.set).start(); print('said')"
    ),
    "pool": (
        "from concurrent.futures import ThreadPoolExecutor as Pool;"
        " Pool(1).submit(lambda: print('pool')); print('said')"
    ),
    "closed output": "import sys; sys.stdout.close()",
    "arguments": "import sys; print(sys.argv[1:], __name__)",
}


@pytest.mark.parametrize("ending", ENDINGS)
def test_it_ends_as_an_interpreter_does(ending: str, tmp_path: Path) -> None:
    (tmp_path / "wanted.py").write_text(ENDINGS[ending])
    env = {"PYTHONPATH": f"{tmp_path}:{PROJECT}"}

    def run(*words: str) -> tuple[int, bytes, bytes]:
        command = [sys.executable, "-S", *words, "one", "two"]
        done = subprocess.run(command, env=env, capture_output=True, timeout=60)
        return done.returncode, done.stdout, done.stderr.splitlines()[-1:]

    assert run("-c", f"{RUN}('wanted')", "wanted") == run("-m", "wanted")


def test_what_the_modules_hold_is_not_freed(tmp_path: Path) -> None:
    code = "class Held:\n    def __del__(self): print('freed')\nheld = Held()\n"
    (tmp_path / "wanted.py").write_text(code)
    env = {"PYTHONPATH": f"{tmp_path}:{PROJECT}"}
    freed, kept = (
        subprocess.run(
            [sys.executable, "-S", *words], env=env, capture_output=True, timeout=60
        ).stdout
        for words in (("-m", "wanted"), ("-c", f"{RUN}('wanted')", "wanted"))
    )
    assert (freed, kept) == (b"freed\n", b"")

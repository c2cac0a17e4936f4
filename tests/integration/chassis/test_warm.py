"""Processes of the warm one behave as `python -m MODULE` does: or the tests that start services so
would try something else."""

import os
import signal
import subprocess
from pathlib import Path

import pytest

from tests.rigs.processes.warm import PROJECT, WARM, Forked


def run(log: Path, code: str, *, session: bool = False, **environment: str) -> Forked:
    """`python -m timeit` runs any statement."""
    with log.open("ab") as file:
        return WARM.start(
            *("timeit", "-n1", "-r1", code),
            env=environment, stderr=file.fileno(), session=session,
        )  # fmt: skip


def test_it_has_its_own_words_environment_folder_clock_and_libraries(tmp_path: Path) -> None:
    code = (
        "import sys, os, time, threading; print(__name__, sys.argv[1:2], os.environ, os.getcwd(),"
        " time.tzname[0], 'nats' in sys.modules, 'chassis.web.app' in sys.modules,"
        " threading.active_count(), os.getsid(0) == os.getpid(), file=sys.stderr)"
    )
    assert run(tmp_path / "log", code, TZ="XYZ3").wait(60) == 0
    said = (tmp_path / "log").read_text()
    assert "['-n1'] environ({'TZ': 'XYZ3'})" in said
    assert f"{PROJECT} XYZ True True 1 False" in said
    assert run(tmp_path / "log", code, session=True).wait(60) == 0
    said = (tmp_path / "log").read_text().removeprefix(said)
    assert f"environ({{}}) {PROJECT}" in said
    assert " True True 1 True\n" in said


@pytest.mark.parametrize(
    ("code", "status"),
    [("import os; os._exit(3)", 3), ("import os; os.abort()", -signal.SIGABRT), ("1 / 0", 1)],
)
def test_it_ends_as_it_ends(tmp_path: Path, code: str, status: int) -> None:
    process = run(tmp_path / "log", code)
    assert process.wait(60) == status
    assert process.poll() == process.returncode == status
    process.kill()  # nothing happens


def test_what_runs_at_its_end_runs_and_a_signal_ends_it(tmp_path: Path) -> None:
    code = (
        "import atexit, os, signal, sys; atexit.register(os.write, 2, b'bye');"
        " signal.signal(signal.SIGTERM, lambda *_: sys.exit()); os.write(2, b'here');"
        " signal.pause()"
    )
    process, other = (run(tmp_path / name, code) for name in ("log", "other"))
    for name in ("log", "other"):
        while not (tmp_path / name).read_text():
            assert process.poll() is None
    with pytest.raises(subprocess.TimeoutExpired):
        process.wait(0.01)
    other.kill()
    assert other.wait(60) == -signal.SIGKILL
    process.terminate()
    assert process.wait(60) == 1
    said = (tmp_path / "log").read_text()
    assert said.startswith("here") and said.endswith("bye")
    assert not Path(f"/proc/{process.pid}").exists() and os.getpid() != process.pid


def test_run_to_its_end_what_it_said_is_kept_apart() -> None:
    code = (
        "import os, sys; print(os.environ.get('A'), flush=True); print('err', file=sys.stderr);"
        " os._exit(3)"
    )
    done = WARM.run("timeit", "-n1", "-r1", code, env={"A": "there"})
    assert (done.returncode, done.stdout, done.stderr) == (3, "there\n", "err\n")
    assert WARM.run("timeit", "-n1", "-r1", code, env={}).stdout == "None\n"
    with pytest.raises(subprocess.TimeoutExpired):
        WARM.run("timeit", "-n1", "-r1", "import time; time.sleep(60)", timeout=0.01)

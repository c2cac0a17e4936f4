"""Programs of ours: what they say is kept, and their end is sure."""

import os
import signal
import sys
from pathlib import Path

import pytest

from chassis.process import children, lifetime
from chassis.process.children import Program, last_line

DEAF = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('up', flush=True)"


def program(log: Path, text: str, **more: bool) -> Program:
    return Program([sys.executable, "-c", text], log, **more)


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return tmp_path / "said.log"


def wait_for_word(log: Path, process: children.Popen) -> None:
    while not log.read_text():
        assert process.poll() is None


def test_what_it_says_is_kept_for_its_owner(log: Path) -> None:
    words = "import sys; print('one'); print('two', file=sys.stderr)"
    assert children.start(program(log, words)).wait() == 0
    assert sorted(log.read_text().split()) == ["one", "two"]
    assert log.stat().st_mode & 0o777 == 0o600


def test_a_log_begins_again_or_goes_on(log: Path) -> None:
    for append in (False, True, False):
        children.start(program(log, "print('x')", append=append)).wait()
    assert log.read_text() == "x\n"
    children.start(program(log, "print('y')", append=True)).wait()
    assert log.read_text() == "x\ny\n"


def test_it_has_a_session_of_its_own(log: Path) -> None:
    children.start(program(log, "import os; print(os.getsid(0) == os.getpid())")).wait()
    assert last_line(log) == "True"


def test_a_program_that_is_not_there_is_an_oserror(log: Path) -> None:
    with pytest.raises(OSError, match="no-such-program"):
        children.start(Program(["no-such-program"], log))


def test_one_that_ends_when_asked_is_not_killed(log: Path) -> None:
    process = children.start(program(log, "import time; time.sleep(60)"))
    assert children.end(process, 30.0) is None
    assert process.returncode == -signal.SIGTERM


def test_a_deaf_one_is_killed_with_its_children(log: Path) -> None:
    text = f"""
import os, time
pid = os.fork()
if pid:
    {DEAF.replace("'up'", "pid")}
time.sleep(60)
"""
    process = children.start(program(log, text))
    wait_for_word(log, process)
    child = lifetime.of(int(log.read_text()))
    assert children.end(process, 0.1) is None
    assert process.returncode == -signal.SIGKILL
    while not child.ended:
        os.sched_yield()


def test_one_that_ended_before_gives_its_code(log: Path) -> None:
    process = children.start(program(log, "raise SystemExit(3)"))
    process.wait()
    assert children.end(process, 30.0) == 3


def test_it_ends_with_its_parent(log: Path, tmp_path: Path) -> None:
    inner = tmp_path / "inner.log"
    text = f"""
import os
from pathlib import Path
from chassis.process import children
from chassis.process.children import Program
one = Program([{sys.executable!r}, "-c", "import time; time.sleep(60)"], Path({str(inner)!r}),
              with_parent=True)
print(children.start(one).pid)
"""
    children.start(program(log, text)).wait()
    one = lifetime.of(int(last_line(log)))
    while not one.ended:
        os.sched_yield()


@pytest.mark.parametrize(
    ("text", "line"),
    [("a\n b \n\n", "b"), ("", "it said nothing"), ("\n \n", "it said nothing")],
)
def test_the_last_line_is_one_that_says_something(log: Path, text: str, line: str) -> None:
    log.write_text(text)
    assert last_line(log) == line


def test_without_a_log_nothing_was_said(log: Path) -> None:
    assert last_line(log) == "it said nothing"

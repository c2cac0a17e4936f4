"""What /proc says of a process of our own, and of one that has ended."""

import os
import subprocess
import sys

from loadtests import proc


def test_a_child_is_found_by_its_parent_and_named_by_its_command() -> None:
    words = [sys.executable, "-c", "input(1)", "a-child"]
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as child:
        assert child.stdout is not None
        # Until it runs, the kernel has no command line of it yet.
        assert child.stdout.read(1) == b"1"
        assert child.pid in proc.children(os.getpid())
        assert {os.getpid(), child.pid} <= set(proc.family(os.getpid()))
        assert "a-child" in proc.command_line(child.pid)
        child.communicate(b"\n")
    assert child.pid not in proc.children(os.getpid())


def test_children_that_have_ended_count_where_that_is_asked_for() -> None:
    work = "for _ in range(3_000_000): pass"
    subprocess.run([sys.executable, "-c", work], check=True)
    own = proc.cpu_seconds(os.getpid())
    assert 0 < own < proc.cpu_seconds(os.getpid(), waited_for=True)


def test_one_that_has_ended_has_nothing() -> None:
    with subprocess.Popen([sys.executable, "-c", ""]) as child:
        pass
    assert (proc.children(child.pid), proc.family(child.pid)) == ([], [child.pid])
    assert (proc.command_line(child.pid), proc.cpu_seconds(child.pid)) == ("", 0.0)

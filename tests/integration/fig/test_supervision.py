"""The supervisor with real processes: order, deaths, and nobody left behind."""

import os
import signal

import pytest

from chassis.process import lifetime

pytestmark = pytest.mark.integration


def test_they_start_in_order_and_ctrl_c_stops_them_in_reverse(small_stack):
    stack = small_stack()
    stack.wait_until_ready()

    stack.process.send_signal(signal.SIGINT)
    out, err = stack.process.communicate(timeout=60)

    assert stack.lines == [
        *("start one", "start two", "start three"),
        *("end three", "end two", "end one"),
    ]
    assert (stack.process.returncode, err) == (0, "")
    assert "two said hello from two" in out
    assert stack.state is None, "a clean end leaves no state"


def test_what_they_say_is_kept_in_a_file_each(small_stack):
    stack = small_stack()
    stack.wait_until_ready()
    stack.process.send_signal(signal.SIGTERM)
    stack.process.communicate(timeout=60)
    assert (stack.home / "logs" / "one.log").read_text() == "hello from one\n"


def test_one_that_is_killed_comes_back_with_its_whole_group_replaced(small_stack, wait_for):
    """`two` has a child that ignores SIGTERM; it must not outlive its parent's death."""
    stack = small_stack()
    stack.wait_until_ready()
    before = stack.group("two")
    assert len(before) == 2

    os.kill(stack.pid("two"), signal.SIGKILL)
    wait_for("two is back", lambda: stack.state.ready and stack.state.process("two").restarts == 1)

    assert not [pid for pid in before if lifetime.started(pid)]
    assert stack.lines.count("start two") == 2
    assert stack.lines.count("start one") == 1


def test_nobody_outlives_a_supervisor_that_is_killed(small_stack, wait_for):
    """Not a child that ignores SIGTERM, and not a grandchild that does."""
    stack = small_stack("deaf")
    stack.wait_until_ready()
    everybody = [pid for name in ("one", "two", "three") for pid in stack.group(name)]
    assert len(everybody) == 4

    stack.process.kill()

    wait_for("all are gone", lambda: not any(map(lifetime.started, everybody)), seconds=15)


def test_after_that_a_new_supervisor_starts(small_stack, wait_for):
    first = small_stack("deaf")
    first.wait_until_ready()
    first.process.kill()
    first.process.wait(10)

    second = small_stack()
    wait_for(
        "the second supervisor",
        lambda: second.state and second.state.ready and second.state.pid == second.process.pid,
    )


def test_a_second_supervisor_of_the_same_folder_is_refused(small_stack):
    stack = small_stack()
    stack.wait_until_ready()

    second = small_stack()
    _, err = second.process.communicate(timeout=60)

    assert second.process.returncode == 1
    assert f"another `fig up` holds {stack.home}" in err
    assert stack.state is not None and stack.state.alive


def test_a_second_ctrl_c_kills_the_deaf(small_stack, wait_for):
    stack = small_stack("deaf")
    stack.wait_until_ready()

    stack.process.send_signal(signal.SIGINT)
    wait_for("stopping", lambda: stack.state.process("three").state == "stopping")
    stack.process.send_signal(signal.SIGINT)
    stack.process.communicate(timeout=60)

    assert stack.process.returncode == 0
    assert "end three" not in stack.lines

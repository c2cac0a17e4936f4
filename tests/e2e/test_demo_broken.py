"""The demo where something is wrong: a fault that stays, a Ctrl-C, a port that is taken.

It measures nothing here, so it may run beside other stacks.
"""

from __future__ import annotations

import signal
import socket

import pytest

from tests.e2e.conftest import Demo

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(600)]


def test_a_fault_that_stays_breaks_the_promise_and_is_not_promoted(demo: Demo) -> None:
    exit_code, said = demo.finish("--leave-fault")
    assert exit_code == 1, said
    figures = demo.figures()
    broken = [one["name"] for one in figures["promises"] if not one["held"]]
    assert "after the fault was off, the pairs compared equal" in broken
    assert "no request failed" not in broken
    assert {flip["stage"] for flip in figures["record"]["flips"]} == {"shadow"}
    assert figures["record"]["later"][0]["relation"] == "rounding"
    assert "promises broken: " in said or "promise broken: " in said


def test_ctrl_c_leaves_nothing_behind(demo: Demo) -> None:
    process = demo.start()
    assert process.stdout is not None
    for line in process.stdout:
        if "shoppers," in line:
            break
    process.send_signal(signal.SIGINT)
    said, _ = process.communicate(timeout=60)
    assert process.returncode == 130, said
    assert demo.listening() == []
    assert not (demo.home / "reports").exists()


def test_a_busy_port_is_an_error_and_no_verdict(demo: Demo) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", demo.base))
        other.listen()
        exit_code, said = demo.finish()
    assert exit_code == 2
    assert f"port {demo.base}" in said
    assert "promise" not in said

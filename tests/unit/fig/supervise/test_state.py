"""The state file, and telling a crash from a running stack."""

import os
from dataclasses import replace

import pytest

from chassis.process import lifetime
from fig.supervise import state
from fig.supervise.process import Kind
from fig.supervise.standing import State, Status


@pytest.fixture
def running() -> state.StackState:
    """A stack whose supervisor is this very process."""
    me = os.getpid()
    status = Status("shop", Kind.SERVICE, State.READY, pid=me, since=1.0)
    return state.StackState(
        pid=me,
        pid_started=lifetime.started(me),
        since=1.0,
        ready=True,
        order={"port_base": "8000"},
        ports={"facade": 8000},
        urls={"facade": "http://127.0.0.1:8000"},
        routes="/r.yaml",
        processes=(state.process_state(status),),
    )


def test_what_was_written_is_read(tmp_path, running):
    state.write(tmp_path / "state.json", running)
    assert state.read(tmp_path / "state.json") == running
    assert list(tmp_path.iterdir()) == [tmp_path / "state.json"]


@pytest.mark.parametrize("content", [None, "", "{", "[]", "{}", '{"pid": 1}'])
def test_what_cannot_be_read_is_nothing(tmp_path, content):
    path = tmp_path / "state.json"
    if content is not None:
        path.write_text(content)
    assert state.read(path) is None


def test_a_pid_alone_proves_nothing(running):
    """The pid was given to another process after a crash: its start time tells."""
    assert running.alive
    assert not replace(running, pid_started=running.pid_started - 1).alive


def test_a_pid_that_is_gone_is_dead(running):
    assert not replace(running, pid=2**22 + 1).alive


def test_survivors_are_the_processes_that_still_run(running):
    gone = replace(running.processes[0], name="gone", pid=2**22 + 1)
    left = state.survivors(replace(running, processes=(*running.processes, gone)))
    assert [process.name for process in left] == ["shop"]


def test_a_process_is_found_by_name(running):
    assert running.process("shop") is running.processes[0]
    assert running.process("none") is None

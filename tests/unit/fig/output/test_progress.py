"""What a person sees while the stack comes up."""

import io

from fig.output.progress import CLEAR, Progress
from fig.supervise.process import Kind
from fig.supervise.standing import State, Status


def test_a_process_gets_a_line_when_it_is_ready_and_only_one():
    out = io.StringIO()
    progress = Progress(out, live=False)
    status = Status("legacy", Kind.SERVICE)
    for state in (State.WAITING, State.STARTING, State.READY, State.READY):
        status.state, status.took = state, 1.25
        progress.see([status])
    assert out.getvalue() == "  legacy           ready   1.2 s\n"


def test_a_death_is_printed_with_its_reason():
    out = io.StringIO()
    progress = Progress(out, live=False)
    progress.see([Status("feed", Kind.SERVICE, State.BACKOFF, why="was ended by SIGKILL")])
    assert out.getvalue() == "  feed             was ended by SIGKILL; starting it again\n"


def test_a_terminal_also_shows_who_is_awaited():
    out = io.StringIO()
    progress = Progress(out, live=True)
    progress.see([Status("feed", Kind.SERVICE, State.STARTING)])
    assert out.getvalue() == f"{CLEAR}  … feed (0 s)"
    progress.done("everything is up")
    assert out.getvalue().endswith(f"{CLEAR}everything is up (0.0 s)\n")

"""What a process of the stack answers on /readyz, ready or not."""

from collections.abc import Mapping
from typing import Any

from chassis.cli.calls import NoAnswer, Refusal, call_object
from fig.stack.ports import HOST
from fig.supervise.state import StackState

SECONDS = 1.0


def of(found: StackState, process: str) -> Mapping[str, Any]:
    """Of a process that listens on the port of its name; nothing when it does not run or answer."""
    running = found.process(process)
    return ask(found.ports[process]) if running is not None and running.alive else {}


def ask(port: int) -> Mapping[str, Any]:
    """The answer; empty when nothing listens there."""
    try:
        return call_object(f"http://{HOST}:{port}/readyz", seconds=SECONDS)
    except Refusal as error:
        return error.problem
    except NoAnswer:
        return {}

"""What a person does once the customers have left: sagas that wait for one are read, and decided.

Every parked saga has to have a story that says why. Orders that legacy answers with a 500 each time
are still tried in a short run; those are parked by hand. Then legacy is healed, and half of all are
told to go on, half to be undone.
"""

from __future__ import annotations

import json
import time
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from chassis.cli.calls import call_object
from loadtests.chaos.faults.between import Between
from loadtests.chaos.running import PATIENCE_SECONDS, say
from loadtests.chaos.stack import Stack

TRIES = 10
PLACE = "place-order"  # the kind of saga that can be undone
Saga = Mapping[str, Any]


@dataclass
class Decided:
    """Parked sagas by what was decided; what must not be, a sentence each."""

    by_themselves: int = 0
    by_hand: int = 0
    resumed: int = 0
    undone: int = 0
    wrong: list[str] = field(default_factory=list)


def decided(stack: Stack, between: Between) -> Decided:
    """Read every parked saga, object to those without a story, and decide each."""
    found = Decided()
    parked = _parked(stack, between.unlucky, found)
    for saga in parked:
        found.wrong += objections(saga)
        say(f"saga {saga['id']} ({saga['kind']}) is parked: {saga['reason']}")
    between.heal()
    for number, saga in enumerate(parked):
        if number % 2 and saga["kind"] == PLACE and _order(stack, saga["id"], "compensate"):
            found.undone += 1
        elif _order(stack, saga["id"], "resume"):
            found.resumed += 1
        else:
            found.wrong.append(f"saga {saga['id']} is parked, and took no order of a person's")
    say(
        f"{found.by_themselves} sagas waited for a person, {found.by_hand} more were parked by"
        f" hand; {found.resumed} of them were resumed, {found.undone} undone"
    )
    return found


def objections(saga: Saga) -> list[str]:
    """Objections to a parked saga: it needs a reason, and a story that shows what came before."""
    found = []
    if not saga["reason"]:
        found.append(f"saga {saga['id']} is parked and does not say why")
    if not any(entry["what"] == "parked" or entry["detail"] for entry in saga["story"]):
        found.append(f"saga {saga['id']} is parked and has no story")
    return found


def _parked(stack: Stack, unlucky: Collection[str], found: Decided) -> Sequence[Saga]:
    """Once all others have ended, or patience has."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        sagas = [_story(stack, one["id"]) for one in _open(stack)]
        parked = [one for one in sagas if one["phase"] == "parked"]
        struck = [one for one in sagas if one not in parked and _text(one) in unlucky]
        if len(parked) + len(struck) == len(sagas) or time.monotonic() > deadline:
            break
        time.sleep(1.0)
    found.by_themselves = len(parked)
    for one in struck:
        if one["step"] == "write" and _order(stack, one["id"], "park"):
            found.by_hand += 1
            parked.append(_story(stack, one["id"]))
    return parked


def _text(saga: Saga) -> str:
    return str(saga["request"].get("wish", {}).get("po_number") or "")


def _open(stack: Stack) -> Sequence[Saga]:
    sagas: Sequence[Saga] = call_object(_sagas(stack), {"limit": "1000"})["sagas"]
    return sagas


def _story(stack: Stack, saga_id: str) -> Saga:
    return call_object(f"{_sagas(stack)}/{saga_id}")


def _sagas(stack: Stack) -> str:
    return f"http://127.0.0.1:{stack.state['ports']['orders']}/sagas"


def _order(stack: Stack, saga_id: str, order: str) -> bool:
    """By `fig saga`; whether it was taken. A saga that is being carried on is asked again."""
    for _ in range(TRIES):
        done = stack.fig("saga", saga_id, order, "--json")
        phase = json.loads(done.stdout or "{}").get("phase")
        if phase and (phase == "parked") == (order == "park"):
            return True
        if "just now" not in done.stdout + done.stderr:
            say(f"fig saga {saga_id} {order}: {(done.stderr or done.stdout).strip()}")
            break
        time.sleep(0.5)
    return False

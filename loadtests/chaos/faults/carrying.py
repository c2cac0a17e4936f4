"""Carries the events of a plan out on the stack, and records each with what it hit."""

from __future__ import annotations

import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping

from loadtests.chaos.faults.between import Between
from loadtests.chaos.faults.freeze import frozen
from loadtests.chaos.faults.lock import locked
from loadtests.chaos.faults.provider import behaving
from loadtests.chaos.owners import Owners
from loadtests.chaos.report import Report, Struck
from loadtests.chaos.running import say
from loadtests.chaos.stack import Stack
from loadtests.chaos.trouble import (
    MOVED,
    BadAnswers,
    BadProvider,
    Cutover,
    Freeze,
    Kill,
    Lasting,
    Lock,
)

PAYMENTS = ("payments", "payments-2")
WAITED = "connections on which somebody waited"


class Carrying:
    """What lasts goes on in a thread of its own; `ended` waits for all of them."""

    def __init__(self, stack: Stack, between: Between, report: Report, seed: int) -> None:
        self._stack, self._between, self._report = stack, between, report
        self._dice = random.Random(seed)
        self._threads: list[threading.Thread] = []
        self._owners, self._moving = Owners(stack), threading.Lock()

    def kill(self, event: Kill) -> None:
        began = time.time()
        said = self._stack.kill(event.name, self._dice)
        say(said)
        killed = said.startswith("SIG")
        self._report.add(Struck("killed", began, began, int(killed), "processes that ended"))

    def flipped(self, said: str) -> None:
        now = time.time()
        moved = int("refused" not in said)
        self._report.add(Struck("flipped", now, now, moved, "routes that moved"))

    def move(self, event: Cutover) -> None:
        """Beside all else; one after the other."""
        self._beside(self._move, event)

    def _move(self, event: Cutover) -> None:
        with self._moving:
            began = time.time()
            say(said := self._owners.move(event.domain))
            moved = int("is owned by" in said)
        kind = f"{event.domain} changes hands"
        self._report.add(Struck(kind, began, time.time(), moved, "moves that came about"))

    def settled(self) -> None:
        """No domain is being moved any more, and the route file says whose each is."""
        for domain in sorted(set(MOVED)):
            say(self._owners.settle(domain))

    def begin(self, event: Lasting) -> None:
        self._beside(self._last, event)

    def _beside(self, act: Callable[..., None], event: Cutover | Lasting) -> None:
        """In a thread of its own."""
        thread = threading.Thread(target=act, args=(event,), daemon=True)
        self._threads.append(thread)
        thread.start()

    def ended(self) -> None:
        """Wait until nothing lasts any more."""
        for thread in self._threads:
            thread.join()

    def _last(self, event: Lasting) -> None:
        began = time.time()
        for kind, hits, of in ACTS[type(event)](self, event):
            self._report.add(Struck(kind, began, time.time(), hits, of))

    def _freeze(self, event: Freeze) -> list[tuple[str, int, str]]:
        stack = self._stack
        pids = stack.family(event.name) if event.whole else [stack.one(event.name, self._dice)]
        pids = [pid for pid in pids if pid]
        if not pids:
            return []
        say(f"SIGSTOP to {event.name} (pid {pids[0]}) for {event.seconds:.0f} s")
        return [("frozen", frozen(pids, event.seconds), WAITED)]

    def _lock(self, event: Lock) -> list[tuple[str, int, str]]:
        say(f"legacy's table stock is locked for {event.seconds:.0f} s")
        waited = locked(self._stack, event.seconds)
        return [("table locked", waited, "sessions of legacy's database that waited")]

    def _provider(self, event: BadProvider) -> list[tuple[str, int, str]]:
        say(f"the payment provider for {event.seconds:.0f} s: {_shares(event.behaviour)}")
        ports = self._stack.state["ports"]
        urls = [f"http://127.0.0.1:{ports[name]}" for name in PAYMENTS]
        struck = behaving(urls, event.behaviour, event.seconds)
        names = {"delay": "delayed"}
        kinds = [names.get(name, name) for name in event.behaviour]
        return [(f"provider: {kind}", struck[kind], "requests to it") for kind in kinds]

    def _answers(self, event: BadAnswers) -> list[tuple[str, int, str]]:
        say(f"legacy answers orders badly for {event.seconds:.0f} s: {_shares(event.shares)}")
        before = Counter(self._between.struck)
        self._between.shares = event.shares
        time.sleep(event.seconds)
        self._between.shares = {}
        struck = self._between.struck - before
        return [(f"legacy: {kind}", struck[kind], "requests to it") for kind in event.shares]


def _shares(shares: Mapping[str, float]) -> str:
    return ", ".join(f"{name} {share:g}" for name, share in shares.items())


ACTS: dict[type[Lasting], Callable[..., list[tuple[str, int, str]]]] = {
    Freeze: Carrying._freeze,
    Lock: Carrying._lock,
    BadProvider: Carrying._provider,
    BadAnswers: Carrying._answers,
}

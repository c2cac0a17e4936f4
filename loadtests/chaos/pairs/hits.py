"""Which process is hit, how, for how long: drawn from a seed, never both of a pair at a time."""

from __future__ import annotations

import os
import random
import signal
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

PAUSE_SECONDS: Final = (0.5, 3.0)  # between two hits of one pair
FROZEN_SECONDS: Final = (2.0, 14.0)
LONG_SHARE, LONG_SECONDS = 0.15, 40.0  # of those frozen: longer than a write is waited for
FROZEN_SHARE: Final = 0.6  # the others are killed
BACK_SECONDS: Final = 60.0
LOOK_SECONDS: Final = 0.1


@dataclass(frozen=True)
class Hit:
    """One process is killed, or stands still for so many seconds."""

    name: str
    frozen: float  # seconds; 0: it is killed
    pause: float  # seconds before it, after the pair was whole


def draw(dice: random.Random, pair: Sequence[str], longest: float = LONG_SECONDS) -> Iterator[Hit]:
    """Hits of one pair, for ever."""
    while True:
        frozen = 0.0
        if dice.random() < FROZEN_SHARE:
            is_long = dice.random() < LONG_SHARE
            frozen = longest if is_long else min(longest, dice.uniform(*FROZEN_SECONDS))
        yield Hit(dice.choice(pair), frozen, dice.uniform(*PAUSE_SECONDS))


class Hitting:
    """Hits each pair until the time is over, in a thread for each."""

    def __init__(
        self,
        pairs: Mapping[str, Sequence[str]],
        pid: Callable[[str], int],
        whole: Callable[[Iterable[str]], bool],
        seed: int,
        longest: float = LONG_SECONDS,
    ) -> None:
        """`pid` is that of a process by name, 0: it is down; `whole`: all of these are up."""
        self.done: list[Hit] = []
        self.wrong: list[str] = []
        self._pid, self._whole = pid, whole
        self._over = threading.Event()
        self._threads = [
            threading.Thread(target=self._run, args=(draw(random.Random(f"{seed}{name}"), pair,
                             longest), pair), daemon=True)
            for name, pair in pairs.items()
        ]  # fmt: skip

    def __enter__(self) -> Hitting:
        for one in self._threads:
            one.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        for one in self._threads:
            one.join(BACK_SECONDS + LONG_SECONDS)

    def _run(self, hits: Iterator[Hit], pair: Sequence[str]) -> None:
        for hit in hits:
            if not self._until_whole(pair) or self._over.wait(hit.pause):
                return
            self._hit(hit)

    def _until_whole(self, pair: Sequence[str]) -> bool:
        until = time.monotonic() + BACK_SECONDS
        while not self._whole(pair):
            if time.monotonic() > until:
                self.wrong.append(f"{' and '.join(pair)} did not come back together")
                return False
            if self._over.wait(LOOK_SECONDS):
                return False
        return True

    def _until_noticed(self, name: str, pid: int) -> None:
        """Until its supervisor has seen that it died: before that it counts as up."""
        until = time.monotonic() + BACK_SECONDS
        while self._pid(name) == pid and time.monotonic() < until:
            if self._over.wait(LOOK_SECONDS):
                return

    def _hit(self, hit: Hit) -> None:
        pid = self._pid(hit.name)
        if not pid:
            return
        with suppress(ProcessLookupError):
            if not hit.frozen:
                os.kill(pid, signal.SIGKILL)
                self._until_noticed(hit.name, pid)
            else:
                os.kill(pid, signal.SIGSTOP)
                try:
                    self._over.wait(hit.frozen)
                finally:
                    os.kill(pid, signal.SIGCONT)
            self.done.append(hit)

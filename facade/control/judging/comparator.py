"""The parent's end of the comparison process: gives it work, restarts it, never waits for ever."""

import asyncio
import logging
import pickle
import sys
import time
from asyncio.subprocess import PIPE, Process
from collections.abc import Sequence
from typing import Any

from facade.compare.answers import Answer, Pair
from facade.compare.noise.noise import Noise, Observation
from facade.compare.noise.races import Again
from facade.compare.verdict import Outcome, Verdict
from facade.control.judging import comparing
from facade.control.judging.comparing import BATCH, LENGTH, LISTEN, RULES
from facade.routes.config.routefile import CompareRules

log = logging.getLogger("comparator")

DEADLINE_SECONDS = 20.0  # for one batch
START_SECONDS = 60.0  # for the process to begin: no pair's fault, so no pair's time
_ALONE = 0.5  # share of it for one pair that is judged alone

RouteRules = dict[str, tuple[CompareRules | None, Noise]]
Work = tuple[Pair, Again | None]

TOO_SLOW = Verdict(Outcome.SKIPPED, cause="own fault: it took too long", parked=True)
DIED = Verdict(Outcome.SKIPPED, cause="own fault: the comparison died of it", parked=True)


class Comparator:
    """Judges batches one at a time. A batch that fails is judged pair by pair, so that one pair
    that cannot be compared costs its own verdict only: it is parked, by its name."""

    def __init__(
        self, deadline: float = DEADLINE_SECONDS, program: str = comparing.__name__
    ) -> None:
        """`program` is the module that compares, run as a process of its own."""
        self._deadline = deadline
        self._program = program
        self._rules: RouteRules = {}
        self._process: Process | None = None
        self._began: float | None = None
        self._timed_out = False  # how the last job that failed did so
        self.restarts = 0

    @property
    def pid(self) -> int | None:
        """Of the process that compares, while there is one."""
        return self._process.pid if self._process is not None else None

    @property
    def busy_seconds(self) -> float:
        """How long the present job has been waited for; 0 while there is none."""
        return 0.0 if self._began is None else time.monotonic() - self._began

    async def use(self, rules: RouteRules) -> None:
        """Compare by these rules from now on."""
        self._rules = rules
        if self._process is not None:
            await self._guarded((RULES, rules), self._deadline, answers=False)

    async def judge(self, work: Sequence[Work]) -> list[Verdict]:
        """A verdict for each pair, in order."""
        verdicts = await self._guarded((BATCH, list(work)), self._deadline)
        if verdicts is not None and len(verdicts) == len(work):
            return list(verdicts)
        return [await self._alone(one) for one in work]

    async def _alone(self, one: Work) -> Verdict:
        verdicts = await self._guarded((BATCH, [one]), self._deadline * _ALONE)
        if verdicts is not None and len(verdicts) == 1:
            verdict: Verdict = verdicts[0]
            return verdict
        pair = one[0]
        parked = TOO_SLOW if self._timed_out else DIED
        log.error("%s of %s is parked: %s", pair.request_id, pair.route, parked.cause)
        return parked

    async def listen(self, pair: Pair, again: Answer) -> list[Observation] | None:
        """Where legacy's two answers differ; None when they cannot be compared."""
        found = await self._guarded((LISTEN, [(pair, again)]), self._deadline * _ALONE)
        seen: list[Observation] | None = found[0] if found else None
        return seen

    async def close(self) -> None:
        """End the process."""
        process, self._process = self._process, None
        if process is not None and process.returncode is None:
            process.kill()
            await process.wait()

    async def _guarded(self, job: tuple[str, Any], deadline: float, *, answers: bool = True) -> Any:
        """None where no answer that can be read came in time: the process is restarted."""
        self._began = time.monotonic()
        self._timed_out = False
        try:
            process = self._process or await self._start()
            async with asyncio.timeout(deadline):
                return await _ask(process, job, answers)
        except Exception as error:
            log.warning("the comparison is restarted: %s", str(error) or type(error).__name__)
            self._timed_out = isinstance(error, TimeoutError)
            self.restarts += 1
            await self.close()
            return None
        finally:
            self._began = None

    async def _start(self) -> Process:
        command = (sys.executable, "-m", self._program)
        process = await asyncio.create_subprocess_exec(*command, stdin=PIPE, stdout=PIPE)
        self._process = process
        async with asyncio.timeout(START_SECONDS):
            await _answer(process)  # that it is ready
        _send(process, (RULES, self._rules))
        return process


async def _ask(process: Process, job: tuple[str, Any], answers: bool) -> Any:
    _send(process, job)
    assert process.stdin is not None
    await process.stdin.drain()
    return await _answer(process) if answers else None


async def _answer(process: Process) -> Any:
    assert process.stdout is not None
    head = await process.stdout.readexactly(LENGTH.size)
    return pickle.loads(await process.stdout.readexactly(LENGTH.unpack(head)[0]))


def _send(process: Process, job: tuple[str, Any]) -> None:
    assert process.stdin is not None
    data = pickle.dumps(job, pickle.HIGHEST_PROTOCOL)
    process.stdin.write(LENGTH.pack(len(data)) + data)

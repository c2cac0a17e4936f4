"""`python -m facade.control.judging.comparing`: the comparison's own process.

Reads jobs from stdin and writes verdicts to stdout, as pickles between two ends of one program:
first the rules, then batches of pairs. It ends when stdin ends, so it never outlives its parent,
and it runs at a lower priority, so that comparing does not take time from answering.

A pair on which our own code fails is parked, and the process goes on.
"""

import logging
import os
import pickle
import resource
import sys
from datetime import date
from struct import Struct
from typing import Any, BinaryIO

from facade.compare.answers import Answer, Pair
from facade.compare.noise.listening import observe
from facade.compare.noise.noise import Noise, Observation
from facade.compare.noise.races import Again, settle
from facade.compare.rules import Rules, compile_rules
from facade.compare.verdict import Outcome, Verdict, compare
from facade.control.judging.priority import COMPARING, step_back
from facade.routes.config.routefile import CompareRules

log = logging.getLogger("comparing")

LENGTH = Struct("!I")
MOST_MEMORY = 3 * 1024**3  # bytes of addresses: a pair that needs more costs its verdict only

RULES = "rules"  # (RULES, {route: (CompareRules | None, Noise)})
BATCH = "batch"  # (BATCH, [(Pair, Again | None), …]) -> [Verdict, …]
LISTEN = "listen"  # (LISTEN, [(Pair, Answer), …]) -> [[Observation, …] | None, …]

NO_RULES = compile_rules()


def main() -> None:
    """Say that we are ready, then answer jobs until stdin ends."""
    step_back(COMPARING)
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    stdin, stdout = sys.stdin.buffer, _own_stdout()
    _write(stdout, [])
    rules: dict[str, Rules] = {}
    while (job := _read(stdin)) is not None:
        what, content = job
        if what == RULES:
            rules = _compiled(content)
            continue
        work = judged if what == BATCH else listen
        today = date.today()  # noqa: DTZ011 - end dates are days on the wall
        _write(stdout, [work(pair, again, rules, today) for pair, again in content])


def judged(pair: Pair, again: Again | None, rules: dict[str, Rules], today: date) -> Verdict:
    """As `judge`; where our own code fails the pair is parked, and the log has the whole story."""
    try:
        return judge(pair, again, rules, today)
    except Exception as error:
        log.exception("%s %s of %s is parked", pair.method, pair.request_id, pair.route)
        return Verdict(Outcome.SKIPPED, cause=f"own fault: {type(error).__name__}", parked=True)


def listen(
    pair: Pair, again: Answer, rules: dict[str, Rules], today: date
) -> list[Observation] | None:
    """Where legacy's two answers differ; None when they cannot be compared."""
    try:
        return observe(pair, again, rules.get(pair.route, NO_RULES), today)
    except Exception:
        log.exception("nothing is learned of %s of %s", pair.request_id, pair.route)
        return None


def judge(pair: Pair, again: Again | None, rules: dict[str, Rules], today: date) -> Verdict:
    """The verdict of one pair, settled by second answers where there are some."""
    of_route = rules.get(pair.route, NO_RULES)
    verdict = compare(pair, of_route, today)
    if again is None or verdict.outcome is not Outcome.MISMATCHED:
        return verdict
    return settle(verdict, pair, again, of_route, today)


def _own_stdout() -> BinaryIO:
    """What the parent reads. Whatever a library prints goes to stderr instead."""
    own = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    return own


def _compiled(configs: dict[str, tuple[CompareRules | None, Noise]]) -> dict[str, Rules]:
    return {route: compile_rules(config, noise) for route, (config, noise) in configs.items()}


def _read(stream: BinaryIO) -> Any:
    head = stream.read(LENGTH.size)
    if len(head) < LENGTH.size:
        return None
    return pickle.loads(stream.read(LENGTH.unpack(head)[0]))


def _write(stream: BinaryIO, answer: Any) -> None:
    data = pickle.dumps(answer, pickle.HIGHEST_PROTOCOL)
    stream.write(LENGTH.pack(len(data)) + data)
    stream.flush()


if __name__ == "__main__":
    main()

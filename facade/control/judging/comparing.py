"""`python -m facade.control.judging.comparing`: the comparison's own process.

Reads jobs from stdin and writes verdicts to stdout, as pickles between two ends of one program:
first the rules, then batches of pairs. It ends when stdin ends, so it never outlives its parent,
and it runs at a lower priority, so that comparing does not take time from answering.
"""

import pickle
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
from facade.routes.routefile import CompareRules

LENGTH = Struct("!I")

RULES = "rules"  # (RULES, {route: (CompareRules | None, Noise)})
BATCH = "batch"  # (BATCH, [(Pair, Again | None), …]) -> [Verdict, …]
LISTEN = "listen"  # (LISTEN, [(Pair, Answer), …]) -> [[Observation, …] | None, …]

NO_RULES = compile_rules()


def main() -> None:
    """Answer jobs until stdin ends."""
    step_back(COMPARING)
    stdin, stdout = sys.stdin.buffer, sys.stdout.buffer
    rules: dict[str, Rules] = {}
    while (job := _read(stdin)) is not None:
        what, content = job
        if what == RULES:
            rules = _compiled(content)
            continue
        work = judge if what == BATCH else listen
        today = date.today()  # noqa: DTZ011 - end dates are days on the wall
        _write(stdout, [work(pair, again, rules, today) for pair, again in content])


def judge(pair: Pair, again: Again | None, rules: dict[str, Rules], today: date) -> Verdict:
    """The verdict of one pair, settled by second answers where there are some."""
    of_route = rules.get(pair.route, NO_RULES)
    verdict = compare(pair, of_route, today)
    if again is None or verdict.outcome is not Outcome.MISMATCHED:
        return verdict
    return settle(verdict, pair, again, of_route, today)


def listen(
    pair: Pair, again: Answer, rules: dict[str, Rules], today: date
) -> list[Observation] | None:
    """Where legacy's two answers differ; None when they cannot be compared."""
    return observe(pair, again, rules.get(pair.route, NO_RULES), today)


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

"""`python -m tests.rigs.facade.control.deadly`: a comparison process in which some pairs do harm.

The target says which: `/dies`, `/raises`, `/hangs`, `/prints`; all others are judged as ever.
With FIG_BEGINS_LATE it takes so many seconds to begin.
"""

import os
import time
from datetime import date

from facade.compare.answers import Pair
from facade.compare.noise.races import Again
from facade.compare.rules import Rules
from facade.compare.verdict import Verdict
from facade.control.judging import comparing

_judge = comparing.judge


def judge(pair: Pair, again: Again | None, rules: dict[str, Rules], today: date) -> Verdict:
    match pair.target:
        case "/dies":
            os._exit(139)
        case "/raises":
            raise RuntimeError("never thought of")
        case "/hangs":
            time.sleep(3600)
        case "/prints":
            print("a library says hello")
    return _judge(pair, again, rules, today)


if __name__ == "__main__":
    time.sleep(float(os.environ.get("FIG_BEGINS_LATE", "0")))
    comparing.judge = judge
    comparing.main()

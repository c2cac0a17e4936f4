"""The payment provider has a bad time: each payments instance's simulator is set.

It counts in memory what it did: an instance that is killed starts from nothing, without
the behaviour, so it is looked at again and again.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Mapping
from typing import Any

from chassis.cli.calls import Json, NoAnswer, call_object

LOOK_SECONDS = 0.25
ANSWER_SECONDS = 1.0


def behaving(urls: list[str], behaviour: Mapping[str, float], seconds: float) -> Counter[str]:
    """For so long; requests that it struck, by what was done to them."""
    struck: Counter[str] = Counter()
    seen: dict[str, Counter[str]] = {url: _counts(_ask("GET", url)) for url in urls}
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        for url in urls:
            _look(url, behaviour, seen, struck)
        time.sleep(LOOK_SECONDS)
    for url in urls:
        _look(url, {}, seen, struck)
    return struck


def _look(
    url: str, behaviour: Mapping[str, float], seen: dict[str, Counter[str]], struck: Counter[str]
) -> None:
    answer = _ask("PUT", url, behaviour)
    if not answer:
        return  # it is down, and comes back as it is usually
    now = _counts(answer)
    again = any(now[name] < count for name, count in seen[url].items())
    struck += now if again else now - seen[url]
    seen[url] = now


def _counts(answer: Json) -> Counter[str]:
    """What was done to requests, those that came to nothing bad left out."""
    return Counter({name: n for name, n in answer.get("struck", {}).items() if name != "ok"})


def _ask(method: str, url: str, body: Any = None) -> Json:
    """What the simulator says; empty where it does not answer."""
    try:
        return call_object(f"{url}/simulator", method=method, body=body, seconds=ANSWER_SECONDS)
    except NoAnswer:
        return {}

"""Kinds of input: what a pair was asked with, so that kinds never seen can be named."""

from collections.abc import Iterable
from typing import NamedTuple

from facade.compare.answers import Pair

MOST = 200  # classes kept of one route; the rest is counted together
OTHER = "(other)"
_STATUS = ("2xx", "3xx", "4xx", "5xx")
_LONGEST_KEY = 40


class InputClass(NamedTuple):
    """One kind of input of a route. Only names of query parameters, never their values."""

    method: str
    query_keys: tuple[str, ...]
    body: str  # the shape of the request's body
    signed_in: bool
    status: str  # of the control's answer: "2xx"

    def __str__(self) -> str:
        query = "?" + "&".join(self.query_keys) if self.query_keys else "no query"
        who = "signed in" if self.signed_in else "anonymous"
        return ", ".join(
            [self.method, query, *([self.body] if self.body else []), who, self.status]
        )


def class_of(pair: Pair) -> InputClass:
    """The class of a pair, whichever way it ended."""
    keys = tuple(sorted({key[:_LONGEST_KEY] for key in pair.query_keys}))
    answer = pair.candidate if pair.control.error else pair.control
    status = "error" if answer.error else f"{answer.status // 100}xx"
    return InputClass(pair.method, keys, pair.body_shape, pair.signed_in, status)


def never_seen(seen: Iterable[InputClass], methods: Iterable[str]) -> list[str]:
    """What no pair had: plain kinds first, then pairs of query parameters never seen together."""
    classes = list(seen)
    missing = [f"method {name}" for name in methods if name not in {one.method for one in classes}]
    for signed_in, words in ((False, "anonymous"), (True, "signed in")):
        if all(one.signed_in is not signed_in for one in classes):
            missing.append(words)
    statuses = {one.status for one in classes}
    missing += [f"status {status}" for status in _STATUS if status not in statuses]
    if any(one.body for one in classes) and all(one.body for one in classes):
        missing.append("no body")
    sets = [frozenset(one.query_keys) for one in classes]
    keys = sorted(frozenset().union(*sets))
    if keys and all(sets):
        missing.append("no query")
    together = (
        f"{a} with {b}"
        for at, a in enumerate(keys)
        for b in keys[at + 1 :]
        if not any({a, b} <= held for held in sets)
    )
    return [*missing, *(f"query {words}" for words in together)]

"""A pytest that shows one cluster's difference: it fails until the new side is mended.

It asks both sides again and judges by the same engine, under the rules of the day it was made.
"""

import keyword
import re
from datetime import date
from pprint import pformat
from typing import Any

from facade.compare.evidence.clusters import OVERFLOW, Cluster, Sample
from facade.compare.noise.noise import Noise
from facade.compare.secrets import MASK
from facade.routes.config.routefile import CompareRules

_TEST = '''"""{title}

Seen {count} times on the route {where}; first {first}, last {last}. The cluster's id: {id}.

    LEGACY_URL=http://… NEW_URL=http://… python -m pytest {file}

{needs}"""

import datetime
import http.client
import os
from urllib.parse import urlsplit

import pytest

from facade.compare.answers import Answer, Pair
from facade.compare.noise.noise import NoiseSpec
from facade.compare.rules import compile_rules
from facade.compare.verdict import Outcome, compare
from facade.routes.config.routefile import ArrayRule, CompareRules, Expected, Tolerance

METHOD = {method}
TARGET = {target}
SIGNED_IN = {signed_in}
PATH = {path}
RULES = {rules}
NOISE: dict[tuple[str, str], NoiseSpec] = {noise}

# What was seen, for comparison:
#   legacy {control}
#   new    {candidate}


def ask(variable: str) -> Answer:
    """One side's answer to the request; the variable holds its address."""
    if not os.environ.get(variable):
        pytest.skip(f"{{variable}} is not set: where is this side?")
    parts = urlsplit(os.environ[variable])
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port or 80, timeout=30)
    try:
        connection.request(METHOD, TARGET, headers=request_headers())
        answer = connection.getresponse()
        headers = tuple((name.lower(), value) for name, value in answer.getheaders())
        return Answer(answer.status, headers, answer.read())
    finally:
        connection.close()


def request_headers() -> dict[str, str]:
    """The words of the request that were not kept: a session, a masked value."""
    if SIGNED_IN and not os.environ.get("COOKIE"):
        pytest.skip("COOKIE is not set, such as session=…; it was seen by signed-in clients only")
    return {{"Cookie": os.environ["COOKIE"]}} if os.environ.get("COOKIE") else {{}}


def test_{name}() -> None:
    if {mask} in TARGET:
        pytest.skip("the request held a secret, which was not kept: put a value of yours in TARGET")
    pair = Pair({route!r}, METHOD, TARGET, ask("LEGACY_URL"), ask("NEW_URL"))
    verdict = compare(pair, compile_rules(RULES, NOISE), datetime.date.today())
    assert verdict.outcome in (Outcome.MATCHED, Outcome.MISMATCHED), verdict.cause
    left = [str(found) for found in verdict.differences if found.path == PATH]
    assert not left, "\\n".join(left)
'''


class NoSample(ValueError):
    """Nothing is kept of this cluster that could be asked again."""


def export_test(route: str, cluster: Cluster, rules: CompareRules | None, noise: Noise) -> str:
    """The text of the test. Raises NoSample."""
    sample = cluster.smallest or cluster.latest
    if sample is None or cluster.path == OVERFLOW:
        raise NoSample(f"{cluster.id} stands for several places; export one that has its own id")
    noisy = {place: spec for place, spec in noise.items() if place[1] == cluster.path}
    signed_in = bool(cluster.classes) and all("signed in" in name for name in cluster.classes)
    name = _name(route, cluster)
    return _TEST.format(
        title=_plain(f"{cluster.path}: {cluster.relation or cluster.kind}"),
        count=f"{cluster.count:,}",
        route=route,
        where=_plain(route),
        first=_day(cluster.first),
        last=_day(cluster.last),
        id=cluster.id,
        file=f"test_{name}.py",
        needs=_needs(sample, signed_in),
        method=repr(sample.method),
        target=repr(sample.target),
        signed_in=signed_in,
        path=repr(cluster.path),
        rules=pformat(rules or CompareRules("none"), width=98, sort_dicts=False),
        noise=pformat(noisy, width=98),
        control=_shown(sample.control),
        candidate=_shown(sample.candidate),
        name=name,
        mask=repr(MASK),
    )


def _needs(sample: Sample, signed_in: bool) -> str:
    words = []
    if signed_in:
        words.append("Seen by signed-in clients: COOKIE holds a session that both sides know.\n")
    if MASK in sample.target:
        words.append("The request held a secret: put a value of yours in TARGET.\n")
    return "".join(words)


def _name(route: str, cluster: Cluster) -> str:
    words = re.sub(r"[^a-z0-9]+", "_", f"{route} {cluster.path}".lower()).strip("_")
    return words if words.isidentifier() and not keyword.iskeyword(words) else f"of_{cluster.id}"


def _shown(side: dict[str, Any]) -> str:
    return _plain(f"{side.get('status')}: {side.get('value')!r}")


def _plain(text: str) -> str:
    """Safe inside a docstring and a comment, whatever an answer held."""
    return text.encode("unicode_escape").decode("ascii").replace('"', "'").replace("\\", "/")


def _day(seconds: float) -> str:
    return date.fromtimestamp(seconds).isoformat()  # noqa: DTZ012 - a day on the wall

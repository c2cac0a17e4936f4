"""Judge one pair: matched, mismatched, failed or skipped, and the differences."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from facade.compare import headers
from facade.compare.answers import Answer, Pair
from facade.compare.bodies.encodings import Undecodable, decode
from facade.compare.bodies.parse import (
    BinaryDocument,
    Document,
    HtmlDocument,
    JsonDocument,
    TextDocument,
    TooDeep,
    name_of,
    parse,
)
from facade.compare.collector import Collector
from facade.compare.differences import Difference, Kind
from facade.compare.html import difference as htmldiff
from facade.compare.html.tree import NotHtml
from facade.compare.json import difference as jsondiff
from facade.compare.paths import printable
from facade.compare.rules import Rules

# A side's body is not what it says it is, or larger or deeper than we look.
NOT_COMPARED = (Undecodable, TooDeep, NotHtml)

DECLINED_BY_NEW = "new.declined"  # its read model was behind: neither an error nor evidence
_LONGEST_CAUSE = 80  # characters
_BODILESS = frozenset({204, 304})


class Outcome(StrEnum):
    """What one pair is worth. Only matched and mismatched pairs are evidence."""

    MATCHED = "matched"
    MISMATCHED = "mismatched"
    RACED = "raced"  # legacy itself gives another value a moment later
    FAILED = "failed"  # a side gave no answer, or declined to
    SKIPPED = "skipped"  # both answered, but with something we do not compare


@dataclass(frozen=True, slots=True)
class Verdict:
    """The outcome of one pair. `cause` says why it failed or was skipped."""

    outcome: Outcome
    differences: tuple[Difference, ...] = ()
    tolerated: tuple[Difference, ...] = ()  # known to the operator, still within their time
    cause: str = ""
    parked: bool = False  # skipped because our own code could not judge it: somebody has to look


def compare(pair: Pair, rules: Rules, today: date) -> Verdict:
    """Compare both answers of a pair by their meaning; `today` judges end dates."""
    cause = _failure(pair)
    if cause:
        return Verdict(Outcome.FAILED, cause=cause)
    into = Collector(rules, today)
    try:
        gather(pair, into)
    except NOT_COMPARED as error:
        cause = printable(str(error)[:_LONGEST_CAUSE]) or "nested too deeply"
        return Verdict(Outcome.SKIPPED, cause=cause)
    tolerated = tuple(found for found in into.found if found.expected and not found.overdue)
    differences = tuple(found for found in into.found if not found.expected or found.overdue)
    outcome = Outcome.MISMATCHED if differences else Outcome.MATCHED
    return Verdict(outcome, differences, tolerated)


def gather(pair: Pair, into: Collector) -> None:
    """Gather every difference of two answers. Raises one of NOT_COMPARED."""
    if pair.control.status != pair.candidate.status:
        into.elsewhere(Kind.VALUE, "$status", pair.control.status, pair.candidate.status)
    else:
        headers.diff(pair.control, pair.candidate, pair.url, into)
        _bodies(pair, into)


def _failure(pair: Pair) -> str:
    """Which side gave no answer in which phase; empty when both did."""
    control, candidate = pair.control.error, pair.candidate.error
    if control and candidate:
        return f"both.{control}" if control == candidate else f"both.{control}+{candidate}"
    if control or candidate:
        return f"legacy.{control}" if control else f"new.{candidate}"
    if pair.candidate.declined:
        return DECLINED_BY_NEW
    return ""


def _bodies(pair: Pair, into: Collector) -> None:
    control, candidate = pair.control, pair.candidate
    if pair.method == "HEAD" or control.status in _BODILESS:
        return
    if control.body == candidate.body and _coding(control) == _coding(candidate):
        ours = theirs = b""  # the same, whether we can look into it or not
    else:
        ours, theirs = (decode(side.body, _coding(side)) for side in (control, candidate))
    if ours == theirs:
        return
    kind, other = control.header("content-type"), candidate.header("content-type")
    one, two = parse(ours, kind), parse(theirs, other)
    if type(one) is not type(two):  # the header is a difference of its own: try the body as such
        two = parse(theirs, kind)
    _documents(one, two, pair.url, into)


def _coding(answer: Answer) -> str:
    return answer.header("content-encoding")


def _documents(control: Document, candidate: Document, base: str, into: Collector) -> None:
    match control, candidate:
        case JsonDocument(one, guard), JsonDocument(other, guarded):
            if guard != guarded:
                into.elsewhere(Kind.VALUE, "$body", guard or "plain JSON", guarded or "plain JSON")
            jsondiff.diff(one, other, into)
        case HtmlDocument(one), HtmlDocument(other):
            htmldiff.diff(one, other, base, into)
        case TextDocument(one), TextDocument(other):
            _texts(one, other, into)
        case BinaryDocument(one), BinaryDocument(other) if one and other:
            if one != other:
                into.elsewhere(Kind.VALUE, "$body", _size(one), _size(other))
        case _:
            into.elsewhere(Kind.TYPE, "$body", name_of(control), name_of(candidate))


def _texts(control: str, candidate: str, into: Collector) -> None:
    """Text line by line; the ends of lines and of the text do not count."""
    ours, theirs = control.rstrip().splitlines(), candidate.rstrip().splitlines()
    for number, (one, other) in enumerate(zip(ours, theirs, strict=False), 1):
        if one.rstrip() != other.rstrip():
            into.elsewhere(Kind.VALUE, "$text", one, other, spot=f"$text:{number}")
            return
    if len(ours) != len(theirs):
        into.elsewhere(Kind.LENGTH, "$text", f"{len(ours)} lines", f"{len(theirs)} lines")


def _size(body: bytes) -> str:
    return f"{len(body)} bytes, {body[:8].hex(' ')} …"

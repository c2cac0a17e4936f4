"""The last line, the JSON and the XML of a replay."""

from collections.abc import Callable
from datetime import date
from xml.etree import ElementTree as xml

import pytest

from facade.compare.answers import Answer
from facade.replay.asking.engine import Outcomes
from facade.replay.asking.selecting import Against
from facade.replay.formats.recorded import Exchange
from facade.replay.judging import Judge
from facade.replay.junit import junit
from facade.replay.report import Report
from facade.routes.table import RouteTable

Make = Callable[..., Exchange]
MakeAnswer = Callable[..., Answer]


@pytest.fixture
def report(table: RouteTable, exchange: Make, json_answer: MakeAnswer, today: date) -> Report:
    """41,233 answers would take long; 1,233 show the same: 3 altered, 2 of them expected."""
    judge = Judge(table, Against.BOTH, today)
    route = table.match("GET", "/products/x")
    same = json_answer(price="1.00", stock_text="Only 1 lefts")
    others = {
        5: json_answer(price="1.00", stock_text="Only 1 left"),
        6: json_answer(price="1.00", stock_text="One left"),
        7: json_answer(price="1.00\x00<", stock_text="Only 1 lefts"),
    }
    for number in range(1233):
        one = exchange(f"/products/{number}?q=<&>")
        pair = judge.pair(one, route, (same, others.get(number, same)), one.started)
        judge.add(pair, judge.verdict(pair, route))
    return Report(Against.BOTH, Outcomes(read=1300, asked=1233, seconds=2.0), judge.evidence)


def test_the_last_line(report: Report) -> None:
    last = report.text().splitlines()[-1]
    assert last == "this change alters 3 of 1,233 answers, 2 of them expected"


def test_the_json(report: Report) -> None:
    found = report.as_json()
    assert (found["ok"], found["altered"], found["expected"], found["unexpected"]) == (
        False, 3, 2, 1,
    )  # fmt: skip
    (route,) = found["routes"]
    assert (route["route"], route["compared"], route["differ"]) == ("detail", 1233, 1)
    assert 0.0035 < route["upper_bound"] < 0.0040
    (cause,) = route["causes"]
    assert (cause["path"], cause["count"]) == ("$.price", 1)
    assert cause["request"]["target"] == "/products/7?q=<&>"


def test_the_xml_is_read_by_others(report: Report) -> None:
    root = xml.fromstring(junit(report))
    suite = root[0]
    assert (suite.get("tests"), suite.get("failures"), suite.get("skipped")) == ("1", "1", "0")
    case = suite.find("testcase")
    assert case is not None and case.get("name") == "detail"
    failure = case.find("failure")
    assert failure is not None
    assert failure.get("message") == "1 of 1,233 answers are not what they were"
    assert "$.price" in (failure.text or "")


def test_a_gate_that_compared_nothing_is_not_green() -> None:
    empty = Report(Against.BOTH, Outcomes(), {})
    assert (empty.good, empty.verdict) == (False, "no answer was compared")
    assert xml.fromstring(junit(empty))[0].get("failures") == "1"


def test_an_expectation_past_its_day_counts(
    table: RouteTable, exchange: Make, json_answer: MakeAnswer, today: date
) -> None:
    judge = Judge(table, Against.BOTH, today.replace(month=8))
    route = table.match("GET", "/products/x")
    answers = json_answer(stock_text="a"), json_answer(stock_text="b")
    pair = judge.pair(exchange(), route, answers, 0.0)
    judge.add(pair, judge.verdict(pair, route))
    report = Report(Against.BOTH, Outcomes(), judge.evidence)
    assert report.verdict == "this change alters 1 of 1 answer, 0 of them expected"
    assert "its day is past" in report.text()

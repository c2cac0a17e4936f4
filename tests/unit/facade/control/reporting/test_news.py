"""A trouble is said when it begins and when it ends, and never more often than somebody reads."""

import json
import logging
from collections.abc import Callable

import pytest

from chassis.process.telemetry import JsonLines
from facade.control.reporting.news import AT_ONCE, FORGOTTEN_SECONDS, KEPT, WORDS_PER_SECOND, News
from facade.control.reporting.trouble import Kind, Trouble

DOWN = Trouble(Kind.UPSTREAM, "upstream legacy, http://a,", "is down: it accepts no connection")
BEGAN = "upstream legacy, http://a, is down: it accepts no connection"
Said = Callable[[], list[str]]


def test_the_beginning_and_the_end_are_said_once(said: Said) -> None:
    news = News()
    for now in (1.0, 1.5, 2.0):
        news.look([DOWN], now)
    assert said() == [BEGAN]
    assert [one.began() for _since, one in news.standing()] == [BEGAN]
    news.look([], 13.0)
    news.look([], 13.5)
    assert said() == ["upstream legacy, http://a, is back after 12 s"]
    assert news.standing() == []
    assert [(one.at, one.name, one.good) for one in news.events] == [
        (1.0, "upstream-down-began", False),
        (13.0, "upstream-down-ended", True),
    ]


def test_of_what_comes_and_goes_the_last_state_is_said(said: Said) -> None:
    news, now = News(), 0.0
    for _turn in range(100):
        news.look([DOWN], now)
        news.look([], now + 0.1)
        now += 0.2
    assert len(said()) <= AT_ONCE + 1
    news.look([DOWN], now)
    assert said() == []
    news.look([DOWN], now + 1 / WORDS_PER_SECOND)
    (last,) = said()
    assert last.startswith(BEGAN + " (it came and went ")
    news.look([], now + 3 / WORDS_PER_SECOND)
    assert said() == ["upstream legacy, http://a, is back after 2 min"]


def test_one_that_floods_does_not_silence_another(said: Said) -> None:
    news = News()
    for turn in range(20):
        news.look([DOWN] if turn % 2 else [], turn * 0.1)
    said()
    other = Trouble(Kind.BREAKER, "the breaker of legacy for reads", "opened: why")
    news.look([other], 3.0)
    assert said() == ["the breaker of legacy for reads opened: why"]


def test_it_keeps_no_more_than_it_shows() -> None:
    news = News()
    for number in range(3 * KEPT):
        one = Trouble(Kind.UPSTREAM, f"upstream u{number}", "is down")
        news.look([one], float(number))
        news.look([], number + 0.5)
    assert len(news.events) == KEPT
    news.look([], 3 * KEPT + FORGOTTEN_SECONDS + 1)
    assert news._subjects == {}


def test_a_json_line_names_the_event(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    news = News()
    news.look([DOWN], 1.0)
    news.look([], 2.0)
    lines = [json.loads(JsonLines("control").format(record)) for record in caplog.records]
    assert [(line["level"], line["event"], line["subject"]) for line in lines] == [
        ("warning", "upstream-down-began", DOWN.subject),
        ("info", "upstream-down-ended", DOWN.subject),
    ]
    assert lines[0]["message"] == BEGAN

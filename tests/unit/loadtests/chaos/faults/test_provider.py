"""The simulator of each instance is configured, and asked what it did to whom."""

from collections import Counter

import pytest

from chassis.cli.calls import NoAnswer
from loadtests.chaos.faults import provider

URLS = ["http://one", "http://two"]


class Simulator:
    """One instance; it strikes one request at each look while it behaves badly."""

    def __init__(self) -> None:
        self.behaviour: dict = {}
        self.struck = Counter({"lost": 5, "ok": 100})  # from before
        self.down = False

    def die(self) -> None:
        self.behaviour, self.struck = {}, Counter()

    def ask(self, method: str, body: dict | None) -> dict:
        if self.down:
            raise NoAnswer("http://one", "connection refused")
        self.struck["lost"] += bool(self.behaviour)
        self.struck["ok"] += 1
        if method == "PUT":
            self.behaviour = dict(body or {})
        return {"struck": dict(self.struck)}


@pytest.fixture
def simulators(monkeypatch):
    both = {url: Simulator() for url in URLS}
    monkeypatch.setattr(
        provider,
        "call_object",
        lambda url, method, body, seconds: both[url.removesuffix("/simulator")].ask(method, body),
    )
    return both


class Time:
    """Each look takes a second; something may happen at one of them."""

    def __init__(self, monkeypatch, then=lambda at: None) -> None:
        self.at = 0.0
        monkeypatch.setattr(provider.time, "monotonic", lambda: self.at)

        def sleep(_: float) -> None:
            self.at += 1.0
            then(self.at)

        monkeypatch.setattr(provider.time, "sleep", sleep)


def test_what_it_struck_is_counted_from_now_on_and_the_behaviour_ends(simulators, monkeypatch):
    Time(monkeypatch)
    assert provider.behaving(URLS, {"lost": 1.0}, 3.0) == {"lost": 6}
    assert [one.behaviour for one in simulators.values()] == [{}, {}]


def test_an_instance_that_was_killed_is_configured_again_and_counts_from_nothing(
    simulators, monkeypatch
):
    one = simulators["http://one"]
    Time(monkeypatch, lambda at: one.die() if at == 2.0 else None)
    assert provider.behaving(URLS, {"lost": 1.0}, 4.0)["lost"] == 4 + 3
    assert one.behaviour == {}


def test_an_instance_that_is_down_strikes_no_order(simulators, monkeypatch):
    simulators["http://one"].down = True
    Time(monkeypatch)
    assert provider.behaving(URLS, {"lost": 1.0}, 3.0) == {"lost": 3}

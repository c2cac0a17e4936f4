"""Events say what they are, and are read in every version that was ever published."""

import re
from dataclasses import asdict, replace
from typing import Any

import pytest

from contracts.events import envelope as events
from contracts.events import orders, payments
from contracts.events.envelope import Envelope, NotAnEvent

TYPES: list[Any] = [
    *(orders.OrderPlaced, orders.OrderCancelled, orders.OrderRefused, orders.CancellationRefused),
    *(payments.PaymentCaptured, payments.PaymentRefunded),
]


@pytest.mark.parametrize("kind", TYPES)
def test_an_example_of_every_version_is_read(kind: Any) -> None:
    assert set(kind.EXAMPLES) == set(range(1, kind.VERSION + 1))
    for version, example in kind.EXAMPLES.items():
        envelope = Envelope("id", kind.OWNER, kind.TYPE, version, "k", "now", example)
        event = events.read(kind, envelope)
        assert event.key
        assert {name: asdict(event)[name] for name in example} == example


@pytest.mark.parametrize("kind", TYPES)
def test_a_field_of_a_newer_version_is_passed_over(kind: Any) -> None:
    example = {**kind.EXAMPLES[kind.VERSION], "of_a_newer_version": 1}
    envelope = Envelope("id", kind.OWNER, kind.TYPE, kind.VERSION + 1, "k", "now", example)
    assert events.read(kind, envelope).key


def test_names_are_unlike_and_fit_into_a_subject() -> None:
    names = [(kind.OWNER, kind.TYPE) for kind in TYPES]
    assert len(set(names)) == len(names)
    for kind in TYPES:
        assert re.fullmatch(r"[a-z]+(-[a-z]+)*", kind.TYPE)


def test_what_is_written_is_read() -> None:
    kind = payments.PaymentCaptured
    event = kind("p-1", "12.30", "card")
    envelope = events.wrap(event, "p-1:captured", 1_780_000_000.25)
    assert envelope.occurred == "2026-05-28T20:26:40.250000+00:00"
    assert envelope.subject == "events.payments.payment-captured"
    again = Envelope.from_dict(envelope.to_dict())
    assert again == envelope
    assert events.read(kind, again) == event


def test_a_wrong_field_is_named() -> None:
    kind = payments.PaymentCaptured
    envelope = events.wrap(kind("p-1", "12.30", "card"), "id", 0.0)
    with pytest.raises(NotAnEvent, match=r"payment-captured: amount: .*string"):
        events.read(kind, replace(envelope, data={**envelope.data, "amount": 12.3}))


@pytest.mark.parametrize("body", [None, [], {"v": 2}, {"v": 1}])
def test_what_is_no_envelope_is_refused(body: Any) -> None:
    with pytest.raises(NotAnEvent):
        Envelope.from_dict(body)

"""What a mail says."""

from dataclasses import replace

from contracts.events import envelope as events
from contracts.events.orders import CancellationRefused, OrderCancelled, OrderPlaced, OrderRefused
from new_services.notifications import domain


def _example(kind: type, version: int = 0) -> object:
    version = version or kind.VERSION
    example = kind.EXAMPLES[version]
    envelope = events.Envelope("id", "orders", kind.TYPE, version, "k", "now", example)
    return events.read(kind, envelope)


def test_an_order_is_confirmed_with_its_lines() -> None:
    mail = domain.placed(_example(OrderPlaced))
    assert mail.recipient == "anna.huber@example.com"
    assert mail.subject == "Your order SO-2026-005001"
    assert "  2 x Kuppelzelt „Fjäll“ (green, 2P)  129.00 EUR" in mail.body
    assert "Total: 258.00 EUR. It is paid by card." in mail.body
    assert "Your reference: PO 17" in mail.body
    assert "It goes to:\nAnna Huber\nDorfstraße 3\n5020 Salzburg\n" in mail.body


def test_an_order_from_before_events_had_an_address_is_confirmed_without_one() -> None:
    mail = domain.placed(_example(OrderPlaced, version=1))
    assert "Total: 258.00 EUR." in mail.body
    assert "It goes to" not in mail.body


def test_no_line_stands_for_a_part_of_the_address_that_nobody_gave() -> None:
    mail = domain.placed(replace(_example(OrderPlaced), ship={"name": "Anna", "city": " "}))
    assert mail.body.endswith("It goes to:\nAnna\n")


def test_a_cancellation_says_what_comes_back() -> None:
    assert "You get 258.00 EUR back." in domain.cancelled(_example(OrderCancelled)).body


def test_a_refund_says_what_comes_back_and_of_how_much() -> None:
    refund = domain.Refund("SO-1", "anna.huber@example.com", "Anna Huber", "258.00", "100.00")
    mail = domain.refunded(refund)
    assert mail.recipient == "anna.huber@example.com"
    assert mail.subject == "Your refund for the order SO-1"
    assert "of 258.00 EUR that you paid" in mail.body and "100.00 EUR are on their way" in mail.body


def test_a_refusal_says_why() -> None:
    assert "(out of stock)" in domain.refused(_example(OrderRefused)).body


def test_a_refused_cancellation_says_which_order_stays_and_why() -> None:
    mail = domain.not_cancelled(_example(CancellationRefused))
    assert mail.subject == "Your order SO-2026-005001 could not be cancelled"
    assert "(it is shipped). It stays as it was." in mail.body

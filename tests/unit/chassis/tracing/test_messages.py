"""The trace of a message is in its headers."""

from chassis.tracing.messages import messaging, sender

SENT = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"


def test_the_headers_name_the_span_that_sent_it() -> None:
    found = sender({"traceparent": SENT})
    assert found is not None and found.traceparent == SENT
    assert sender(None) is None and sender({}) is None


def test_what_is_said_of_a_message() -> None:
    assert messaging("send", "events.orders.OrderPlaced", "R-1:placed") == {
        "messaging.system": "nats",
        "messaging.operation.type": "send",
        "messaging.destination.name": "events.orders.OrderPlaced",
        "messaging.message.id": "R-1:placed",
    }

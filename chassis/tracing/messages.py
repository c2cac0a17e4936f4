"""Messages in a trace: what their spans say, and the trace in their headers."""

from collections.abc import Mapping
from typing import Final

from chassis.tracing.context import TRACEPARENT, Open, read
from chassis.tracing.span import Value

SYSTEM: Final = "nats"


def messaging(operation: str, subject: str, message_id: str) -> dict[str, Value]:
    """The attributes of a span that sends or processes a message."""
    return {
        "messaging.system": SYSTEM,
        "messaging.operation.type": operation,
        "messaging.destination.name": subject,
        "messaging.message.id": message_id,
    }


def sender(headers: Mapping[str, str] | None) -> Open | None:
    """The span that sent a message; None: its headers do not say."""
    return read((headers or {}).get(TRACEPARENT, ""))

"""What each process may publish and subscribe to: its own subjects, and no other's.

Every process has a user of its own in NATS (`fig.stack.credentials` has the passwords). The user
`fig` is the operator's, for commands; it may do everything.
"""

from collections.abc import Sequence
from dataclasses import dataclass

OPERATOR = "fig"
REGISTRY = "registry"  # the bucket in which services announce themselves
SPANS = "telemetry.spans"  # of what is traced, then the service's name
FEED_BUCKET = "feed"  # what the feed is reading again


@dataclass(frozen=True)
class Rights:
    """Subjects, with NATS' wildcards."""

    publish: Sequence[str] = ()
    subscribe: Sequence[str] = ()
    answers: bool = False  # to requests that others make


def _reads(stream: str) -> list[str]:
    """By disposable consumers."""
    api = "$JS.API.CONSUMER"
    return [
        f"{api}.CREATE.{stream}",
        f"{api}.CREATE.{stream}.>",
        f"{api}.MSG.NEXT.{stream}.*",
        f"{api}.INFO.{stream}.*",
        f"{api}.DELETE.{stream}.*",
    ]


def _publishes(service: str) -> list[str]:
    """A service's own events, by its outbox; the first process to start creates the streams."""
    api = "$JS.API.STREAM"
    made = [f"{api}.CREATE.{name}" for name in ("EVENTS", "DEADLETTERS")]
    return [f"events.{service}.>", *made, f"{api}.UPDATE.DEADLETTERS"]


def _takes_events(consumer: str) -> list[str]:
    return [*_reads("EVENTS"), f"deadletters.{consumer}"]


def _keeps(bucket: str) -> list[str]:
    """Reads and writes a bucket, which it makes when it is missing."""
    return [
        f"$JS.API.STREAM.CREATE.KV_{bucket}",
        f"$JS.API.STREAM.MSG.GET.KV_{bucket}",
        f"$JS.API.DIRECT.GET.KV_{bucket}.>",
        f"$KV.{bucket}.>",
    ]


_ASKS = "feed.resnapshot"  # for a table to be read again
_HEARTBEAT = "feed.heartbeat"  # to make a watermark now
_FEED = [*_reads("LEGACY"), _ASKS, _HEARTBEAT]
_EVERYBODY = Rights(
    publish=("$JS.API.INFO", "$JS.API.STREAM.INFO.*", *_keeps(REGISTRY)),
    subscribe=("_INBOX.>", f"$KV.{REGISTRY}.>"),
)
_OWN = {
    "facade": Rights(subscribe=(f"{SPANS}.*",)),
    "feed": Rights(
        publish=(
            "legacy.>",
            "$JS.API.STREAM.*.LEGACY",
            "$JS.API.STREAM.MSG.*.LEGACY",
            "$JS.API.DIRECT.GET.LEGACY",
            "$JS.API.DIRECT.GET.LEGACY.>",
            *_keeps(FEED_BUCKET),
        ),
        subscribe=(_ASKS, _HEARTBEAT, f"$KV.{FEED_BUCKET}.>"),
        answers=True,
    ),
    "catalog": Rights([*_FEED, *_publishes("catalog"), *_takes_events("catalog")]),
    "inventory": Rights([*_FEED, *_publishes("inventory"), *_takes_events("inventory")]),
    "orders": Rights([*_FEED, *_publishes("orders"), *_takes_events("orders")]),
    "payments": Rights(_publishes("payments")),
    "accounts": Rights([*_FEED, *_publishes("accounts")]),
    "sales": Rights([*_FEED, *_takes_events("sales")]),
    "notifications": Rights(_takes_events("notifications")),
    "storefront": Rights(),
}
PROCESSES = tuple(_OWN)


def rights(process: str) -> Rights:
    own = _OWN[process]
    return Rights(
        (*_EVERYBODY.publish, f"{SPANS}.{process}", *own.publish),
        (*_EVERYBODY.subscribe, *own.subscribe),
        own.answers,
    )


def secret_name(process: str) -> str:
    """Under which its password is kept."""
    return f"nats_{process}"

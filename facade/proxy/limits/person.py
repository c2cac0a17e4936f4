"""A limit that counts by person: a request waits until the owner of its session is known.

Meanwhile its body is held, no permit is taken and no side is asked. Where the lookup fails, or
no customer is logged in, the limit counts by its next key.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from facade.http1.refusal import Refused
from facade.proxy.exchange import Exchange
from facade.proxy.observer import Uninterested

_CUSTOMER: Final = b"customer:"  # of what `Introducer.person` says: one that is logged in


@dataclass(frozen=True, slots=True)
class Next:
    """What follows the station."""

    go_on: Callable[[], None]  # to the next station
    hold: Callable[[], None]  # keep the request's body as it comes, until it goes on


class PersonLookup(Uninterested):
    """One such request."""

    def __init__(
        self, exchange: Exchange, judge: Callable[[str], bool], after: Callable[[], Next]
    ) -> None:
        """`judge` gets the person, empty for none, and returns False when it has answered."""
        self._exchange = exchange
        self._judge = judge
        self._after = after
        self._passed = False
        self._asks = True
        self._held: Next | None = None  # what follows, while the request waits

    def start(self) -> bool:
        """Ask. Whether it is known already and `judge` lets the request through; else it waits,
        or was answered."""
        exchange = self._exchange
        request = exchange.request
        exchange.worker.identity.person(request.head, request.machine, self._of)
        if self._asks:
            self._hold()
        return self._passed

    def live_gone(self) -> None:
        """The client left."""
        self._asks = False

    def given_up(self) -> None:
        """It took too long."""
        self._asks = False

    def _hold(self) -> None:
        """Let the request wait: it can be cancelled, and its body is kept as it comes."""
        self._held = self._after()
        self._held.hold()
        self._exchange.pair = self._exchange.keyed = self

    def _of(self, person: bytes | None) -> None:
        if not self._asks:
            return
        self._asks = False
        known = person is not None and person.startswith(_CUSTOMER)
        name = person[len(_CUSTOMER) :].decode("utf-8", "replace") if person and known else ""
        if self._held is None:
            self._passed = self._judge(name)
            return
        exchange = self._exchange
        exchange.pair = exchange.keyed = None
        try:
            if self._judge(name):
                self._held.go_on()
        except Refused as refused:
            exchange.spare()
            text = f"The request was refused: {refused.reason}."
            exchange.client.explain(exchange.request, refused.status, text)
        else:
            self._catch_up()

    def _catch_up(self) -> None:
        """The body may have come meanwhile: the observer that waits for its end gets it now."""
        exchange = self._exchange
        upload = exchange.request.upload
        if exchange.keyed is not None and upload is not None and upload.whole:
            exchange.keyed.follow(upload)

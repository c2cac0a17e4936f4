"""Observers of an answer beside the client: a pair, the memory of an Idempotency-Key."""

from typing import Protocol

from facade.http1.responses import ResponseHead
from facade.proxy.downstream.upload import Upload
from facade.proxy.errors import Failure


class Observer(Protocol):
    """Called by the exchange, in the order of the wire."""

    def follow(self, upload: Upload | None) -> None:
        """The request's body is whole; None: it has none."""

    def live_answered(self, head: ResponseHead) -> None:
        """The head of the answer, before it is written for the client."""

    def live_body(self, data: bytes) -> None:
        """A piece of the answer's body."""

    def live_ended(self) -> None:
        """The answer is whole; the client has not seen its end yet."""

    def live_failed(self, phase: str) -> None:
        """The side failed; another one may be asked."""

    def live_gone(self) -> None:
        """The client left, and nothing more comes."""


class Keyed(Observer, Protocol):
    """The observer of a request with an Idempotency-Key."""

    @property
    def goes_on(self) -> bool:
        """Whether the answer is wanted also when the client has left."""

    def attempt_failed(self, failure: Failure, *, has_begun: bool) -> None:
        """A side did not answer; `has_begun`: or not to the end."""

    def turned(self) -> None:
        """Legacy is asked in place of the new side."""

    def given_up(self) -> None:
        """No side will answer."""

    def late(self) -> bool:
        """The whole exchange takes too long; True: it was answered all the same."""


class Uninterested:
    """A Keyed observer that ignores every call: the base of those that need only a few of them."""

    @property
    def goes_on(self) -> bool:
        """False: no answer is wanted once the client has left."""
        return False

    def follow(self, upload: Upload | None) -> None:
        """The body is whole."""

    def live_answered(self, head: ResponseHead) -> None:
        """The answer has begun."""

    def live_body(self, data: bytes) -> None:
        """A piece of the answer came."""

    def live_ended(self) -> None:
        """The answer is whole."""

    def live_failed(self, phase: str) -> None:
        """A side failed; another one may be asked, see given_up."""

    def live_gone(self) -> None:
        """The client left."""

    def attempt_failed(self, failure: Failure, *, has_begun: bool) -> None:
        """A side failed; another one may be asked, see given_up."""

    def turned(self) -> None:
        """Legacy is asked in place of the new side."""

    def given_up(self) -> None:
        """No side will answer."""

    def late(self) -> bool:
        """There is nothing to answer with."""
        return False

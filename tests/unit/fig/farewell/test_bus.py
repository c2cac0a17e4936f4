"""The feed's streams are deleted once, whatever an earlier call has done; the bus is played."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from nats.js.errors import APIError, NotFoundError

from fig.errors import FigError
from fig.farewell import bus


class FakeBus:
    """A connection and its JetStream."""

    def __init__(self, *there: str, error: Exception | None = None) -> None:
        self.there, self.error = set(there), error

    def jetstream(self, timeout: float) -> "FakeBus":
        assert timeout > 0
        return self

    async def delete_stream(self, name: str) -> None:
        if self.error is not None:
            raise self.error
        if name not in self.there:
            raise NotFoundError
        self.there.remove(name)


@pytest.fixture
def played(monkeypatch: pytest.MonkeyPatch) -> Any:
    def play(found: FakeBus) -> FakeBus:
        @asynccontextmanager
        async def connected(url: str) -> AsyncIterator[FakeBus]:
            assert url == "nats://bus"
            yield found

        monkeypatch.setattr(bus, "connected", connected)
        return found

    return play


def test_they_go_and_nothing_else_does(played: Any) -> None:
    found = played(FakeBus("LEGACY", "KV_feed", "EVENTS"))
    assert bus.forget("nats://bus") == ["LEGACY", "KV_feed"]
    assert found.there == {"EVENTS"}
    assert bus.forget("nats://bus") == []


def test_a_call_that_was_killed_between_both_is_finished(played: Any) -> None:
    played(FakeBus("KV_feed"))
    assert bus.forget("nats://bus") == ["KV_feed"]


@pytest.mark.parametrize("error", [APIError(description="no"), TimeoutError()])
def test_a_bus_that_refuses_is_named(played: Any, error: Exception) -> None:
    played(FakeBus(error=error))
    with pytest.raises(FigError, match=r"does not delete LEGACY.*goes on"):
        bus.forget("nats://bus")

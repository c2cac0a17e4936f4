"""Gate: pauses once, whatever the reasons."""

import asyncio

from facade.proxy.flow import HELD_FULL, NEXT_WAITS, PEER_FULL, Gate
from tests.rigs.facade.wires.wire import FakeTransport


def make() -> tuple[Gate, FakeTransport]:
    transport = FakeTransport(asyncio.Protocol(), ("a", 1))
    return Gate(transport), transport


def test_it_opens_when_the_last_reason_is_gone() -> None:
    gate, transport = make()
    gate.pause(PEER_FULL)
    gate.pause(NEXT_WAITS)
    gate.resume(PEER_FULL)
    assert transport.reading_paused
    gate.resume(NEXT_WAITS)
    assert not transport.reading_paused


def test_it_is_idempotent() -> None:
    gate, transport = make()
    gate.resume(HELD_FULL)
    gate.pause(PEER_FULL)
    gate.pause(PEER_FULL)  # the fake transport fails when it is paused twice
    assert gate.paused
    gate.resume(PEER_FULL)
    gate.resume(PEER_FULL)
    assert not transport.reading_paused


def test_a_closing_transport_is_left_alone() -> None:
    gate, transport = make()
    gate.pause(PEER_FULL)
    transport.close()
    gate.resume(PEER_FULL)
    assert transport.reading_paused

"""Channel: frames survive any cutting, and a slow reader costs frames, not time."""

import asyncio
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from facade.runtime.channel import (
    COUNTERS,
    FAILED,
    HELLO,
    PAIR,
    Channel,
    ChannelBroken,
    FrameReader,
    encode,
)

FRAMES = [
    (HELLO, {"worker": 0, "pid": 1, "started": 2.5}, b""),
    (PAIR, {"route": "a"}, b"\x00legacy" + b"new\xff"),
    (COUNTERS, {"worker": 0, "routes": {}}, b""),
    (FAILED, {"requests": [], "more": 1}, b""),
]
STREAM = b"".join(encode(*frame) for frame in FRAMES)


class FakeTransport(asyncio.WriteTransport):
    """Keeps what is written; `waiting` plays the bytes the peer has not read."""

    def __init__(self, waiting: int = 0) -> None:
        super().__init__()
        self.written = b""
        self.waiting = waiting

    def write(self, data: bytes | bytearray | memoryview) -> None:
        self.written += data

    def get_write_buffer_size(self) -> int:
        return self.waiting


def hello() -> dict[str, Any]:
    return FRAMES[0][1]


@given(st.lists(st.integers(0, len(STREAM)), max_size=6))
def test_frames_survive_any_cutting(cuts: list[int]) -> None:
    reader = FrameReader()
    places = [0, *sorted(cuts), len(STREAM)]
    pieces = [STREAM[a:b] for a, b in pairwise(places)]
    assert [tuple(frame) for piece in pieces for frame in reader.feed(piece)] == FRAMES


@pytest.mark.parametrize(
    "stream",
    [b"GET / HTTP/1.1\r\n\r\n", b"\x01\xff\xff\xff\xff\0\0\0\0", b"\x01\0\0\0\x01\0\0\0\0{"],
)
def test_what_is_no_frame_is_refused(stream: bytes) -> None:
    with pytest.raises(ChannelBroken):
        list(FrameReader().feed(stream))


def test_hello_is_the_first_frame() -> None:
    channel, transport = Channel("unused", hello), FakeTransport()
    channel.connection_made(transport)
    assert channel.offer(*FRAMES[1])
    assert [frame.kind for frame in FrameReader().feed(transport.written)] == [HELLO, PAIR]


def test_without_a_reader_frames_are_refused() -> None:
    channel = Channel("unused", hello)
    assert not channel.offer(*FRAMES[1])
    assert not channel.has_room(1)


def test_beyond_the_limit_frames_are_refused() -> None:
    channel, transport = Channel("unused", hello, limit=100), FakeTransport()
    channel.connection_made(transport)
    transport.waiting, transport.written = 95, b""
    assert not channel.offer(PAIR, {}, b"123456")
    assert not transport.written
    assert channel.has_room(5)

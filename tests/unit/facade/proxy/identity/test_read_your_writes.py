"""P4 on a wire without sockets: whatever stages, lags and clients do, a client sees its writes."""

import re
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.rigs.facade.wire import FakePeer

ROUTES = """
facade: {{read_your_writes: {by}}}
upstreams:
  legacy: {{url: "http://legacy.test:1000"}}
  fresh:  {{url: "http://new.test:2000"}}
routes:
  - {{name: add, match: POST /add, new: fresh, key: [cookie:who], seed: one, {writes}}}
  - {{name: count, match: GET /count, new: fresh, key: [cookie:who], seed: one, {reads}}}
"""
STAGES = (
    "stage: legacy",
    "stage: shadow, compare: {sample: 100%}",
    "stage: canary, percent: 50, compare: {sample: 100%}",
    "stage: new",
)


class World:
    """Two sides with one truth: legacy has it at once, the new side's read model later."""

    def __init__(self, make_door: Any, by: str) -> None:
        self.by = by
        self.now = 1_000_000  # microseconds
        self.applied = 0  # the read model holds everything written before
        self.writes: list[tuple[int, str]] = []
        self.door = make_door(self.routes(0, 0))
        self.door.gateway.identity.last_write._clock_ns = lambda: self.now * 1000
        self.jars: dict[str, str] = {}
        self.seen_new = self.declined = 0

    def routes(self, writes: int, reads: int) -> str:
        return ROUTES.format(by=self.by, writes=STAGES[writes], reads=STAGES[reads])

    def count(self, who: str, before: int) -> int:
        return sum(1 for at, writer in self.writes if writer == who and at < before)

    def serve(self) -> None:
        """Answer whatever waits on either side, until nothing does."""
        busy = True
        while busy:
            busy = False
            for peer in tuple(self.door.wire.dialled):
                asked = peer.read()
                if asked:
                    busy = True
                    peer.send(self.answer(peer, asked))

    def answer(self, peer: FakePeer, asked: bytes) -> bytes:
        legacy = peer.transport.get_extra_info("peername")[1] == 1000
        who = re.search(rb"who=(\w+)", asked)[1].decode()  # type: ignore[index]
        if asked.startswith(b"POST"):
            self.now += 1
            self.writes.append((self.now, who))
            self.now += 1
            return b"HTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n"
        after = re.search(rb"Fig-After: (\d+)", asked)
        if not legacy and after and self.applied < int(after[1]):
            self.declined += b"Fig-Shadow" not in asked
            return b"HTTP/1.1 503 No\r\nFig-Declined: behind\r\nContent-Length: 0\r\n\r\n"
        self.seen_new += not legacy and b"Fig-Shadow" not in asked
        body = b"%d" % self.count(who, self.now + 1 if legacy else self.applied)
        return b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%b" % (len(body), body)

    def ask(self, who: str, line: str) -> bytes:
        """One request of a client, on a connection of its own."""
        jar = f"; fig_after={self.jars[who]}" if who in self.jars else ""
        client = self.door.client()
        client.send(f"{line} HTTP/1.1\r\nHost: a\r\nCookie: who={who}{jar}\r\n\r\n".encode())
        self.serve()
        answer = client.read()
        kept = re.search(rb"fig_after=([^;]+)", answer)
        if kept:
            self.jars[who] = kept[1].decode()
        return bytes(answer)

    def step(self, what: tuple[Any, ...]) -> bool:
        """One thing that happens; False when a client saw less than it wrote."""
        match what:
            case ("write", who):
                assert self.ask(who, "POST /add").startswith(b"HTTP/1.1 201")
            case ("read", who):
                answer = self.ask(who, "GET /count")
                assert answer.startswith(b"HTTP/1.1 200"), answer
                return int(answer.rpartition(b"\r\n")[2]) >= self.count(who, self.now + 1)
            case ("flip", writes, reads):
                self.door.use(self.routes(writes, reads))
            case ("apply", share):
                self.now += 1
                self.applied += (self.now - self.applied) * share // 4
            case ("wait", micros):
                self.now += micros
        return True


WHO = st.sampled_from(["ann", "bob", "eve", "tom"])
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("write"), WHO),
        st.tuples(st.just("read"), WHO),
        st.tuples(st.just("read"), WHO),
        st.tuples(st.just("flip"), st.integers(0, 3), st.integers(0, 3)),
        st.tuples(st.just("apply"), st.integers(0, 4)),
        st.tuples(st.just("wait"), st.integers(1, 10**8)),
    ),
    max_size=40,
)


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(steps=STEPS)
def test_nobody_ever_sees_less_than_he_wrote(make_door: Any, steps: list[Any]) -> None:
    world = World(make_door, "cookie")
    for what in steps:
        assert world.step(what), what


def test_a_write_before_the_first_flip_is_seen_after_it(make_door: Any) -> None:
    """While every route is in stage legacy clients are marked already."""
    world = World(make_door, "cookie")
    for what in [("write", "tom"), ("flip", 0, 3), ("read", "tom")]:
        assert world.step(what), what


BEHIND = [("flip", 3, 3), ("apply", 4), ("write", "ann"), ("read", "ann")]


def test_a_read_model_behind_declines_and_one_that_caught_up_answers(make_door: Any) -> None:
    world = World(make_door, "cookie")
    assert all(world.step(what) for what in BEHIND)
    assert (world.seen_new, world.declined) == (0, 1)
    for what in [("wait", 1), ("apply", 4), ("read", "ann")]:
        assert world.step(what)
    assert (world.seen_new, world.declined) == (1, 1)


def test_whoever_wrote_nothing_is_answered_at_once(make_door: Any) -> None:
    world = World(make_door, "cookie")
    assert all(world.step(what) for what in [*BEHIND, ("read", "bob")])
    assert world.seen_new == 1


@pytest.mark.parametrize("writes", range(4))
def test_without_the_token_it_would_be_broken(make_door: Any, writes: int) -> None:
    """So that the tests above can fail."""
    world = World(make_door, "off")
    assert [world.step(what) for what in [("flip", writes, 3), *BEHIND[1:]]][-1] is False

"""One address by itself: who gets its connections, and who waits for one."""

from typing import Any

import pytest

from facade.proxy import errors
from facade.proxy.deadlines import Deadlines
from facade.proxy.errors import Failure
from facade.proxy.upstream.dialing import Address, Done
from facade.proxy.upstream.instances import ANY, FRESH, NEW, Instance, Upstream, Wanted
from facade.proxy.upstream.outbound import Outbound
from facade.routes.config.routefile import UpstreamConfig
from tests.rigs.facade.wires.wire import FakeTransport

URLS = ("http://one.test:1", "http://two.test:2")
TIMEOUTS = UpstreamConfig("u", URLS).timeouts


class Caller:
    """Wants a connection, and keeps what it is given."""

    method = b"GET"

    def __init__(self) -> None:
        self.gave_up = False
        self.given: list[Outbound] = []
        self.failures: list[Failure] = []

    def connected(self, connection: Outbound) -> None:
        self.given.append(connection)

    def failed(self, failure: Failure) -> None:
        self.failures.append(failure)


class Dial:
    """Keeps who is being dialled; the test says how it went."""

    def __init__(self) -> None:
        self.waiting: list[tuple[Any, Done]] = []
        self.asked: list[tuple[int, float]] = []

    def __call__(self, protocol: Any, address: Address, seconds: float, done: Done) -> None:
        self.asked.append((address.port, seconds))
        self.waiting.append((protocol, done))

    def open(self) -> FakeTransport:
        """The first of them stands."""
        protocol, done = self.waiting.pop(0)
        transport = FakeTransport(protocol, ("10.0.0.1", 1))
        protocol.connection_made(transport)
        done(None)
        return transport

    def refuse(self, error: BaseException | None = None) -> None:
        """The first of them does not come about."""
        self.waiting.pop(0)[1](error or ConnectionRefusedError())


class World:
    """An upstream with two addresses of one connection each, or as many as told."""

    def __init__(self, limit: int = 1, urls: tuple[str, ...] = URLS, **config: Any) -> None:
        self.dial, self.deadlines = Dial(), Deadlines(100.0)
        self.config = UpstreamConfig("u", urls, **config)
        self.upstream = Upstream(self.config, limit, self.deadlines, self.dial, {})
        self.upstream.set_addresses(urls)
        self.one: Instance = self.upstream.instances[0]

    def want(self, idle_at_most: float = ANY, on: Instance | None = None) -> Caller:
        caller: Any = Caller()
        (on or self.one).connect(caller, idle_at_most)
        return caller  # type: ignore[no-any-return]

    def idle(self) -> Outbound:
        """A connection that has served."""
        caller = self.want(NEW)
        self.dial.open()
        self.one.release(caller.given[0])
        return caller.given[0]


def test_a_connection_is_dialled_within_the_upstreams_time() -> None:
    world = World()
    caller = world.want()
    assert world.dial.asked == [(1, TIMEOUTS.connect)]
    world.dial.open()
    assert len(caller.given) == 1


def test_an_idle_one_serves_the_next_unless_it_was_idle_for_too_long() -> None:
    for after, idle_at_most, used in (
        (0.0, ANY, True), (30.0, ANY, True), (0.9, FRESH, True), (1.1, FRESH, False),
        (0.0, NEW, False),
    ):  # fmt: skip
        world = World(limit=2)
        connection = world.idle()
        world.deadlines.now += after
        caller = world.want(idle_at_most)
        assert (caller.given == [connection]) is used


def test_where_all_are_busy_a_caller_waits_for_the_first_that_is_free() -> None:
    world = World()
    first, second, third = world.want(), world.want(), world.want()
    world.dial.open()
    second.gave_up = True
    world.one.release(first.given[0])
    assert (second.given, third.given) == ([], first.given)


def test_where_one_ends_who_waits_opens_another() -> None:
    world = World()
    first, second = world.want(), world.want()
    world.dial.open()
    assert len(world.dial.asked) == 1
    world.one.closed(first.given[0])
    assert len(world.dial.asked) == 2
    world.dial.open()
    assert len(second.given) == 1
    assert world.one.pool.open == 1


def test_a_request_that_waits_for_longer_than_a_connection_may_take_gets_busy() -> None:
    world = World()
    world.want()
    waiting = world.want()
    world.one.sweep(world.deadlines.now + TIMEOUTS.connect - 0.1)
    assert waiting.failures == []
    world.one.sweep(world.deadlines.now + TIMEOUTS.connect + 0.1)
    assert waiting.failures == [errors.BUSY]


def test_an_idle_connection_makes_room_for_a_new_one() -> None:
    world = World()
    connection = world.idle()
    caller = world.want(NEW)
    assert connection.transport is not None
    assert connection.transport.is_closing()
    world.one.closed(connection)
    world.dial.open()
    assert len(caller.given) == 1


def test_an_idle_connection_is_closed_after_its_time() -> None:
    world = World()
    connection = world.idle()
    world.one.sweep(world.deadlines.now + TIMEOUTS.idle - 0.1)
    assert not connection.transport.is_closing()  # type: ignore[union-attr]
    world.one.sweep(world.deadlines.now + TIMEOUTS.idle + 0.1)
    assert connection.transport.is_closing()  # type: ignore[union-attr]


def test_who_was_refused_elsewhere_is_given_an_idle_connection() -> None:
    world = World(limit=2)
    connection = world.idle()
    caller: Any = Caller()
    world.one.want(Wanted(caller, ANY, refused=(world.upstream.instances[1],)))
    assert (caller.given, len(world.dial.asked)) == ([connection], 1)


def test_a_refusal_frees_the_place_of_its_connection() -> None:
    world = World()
    first, second = world.want(), world.want()
    world.dial.refuse()
    assert first.failures == [errors.CONNECT]
    world.dial.refuse(TimeoutError())
    assert second.failures == [errors.CONNECT_TIMEOUT]
    assert (world.one.pool.open, len(world.dial.asked)) == (0, 2)


def test_one_that_fails_when_it_stands_is_closed() -> None:
    """As when TLS does not come about."""
    world = World()
    caller = world.want()
    protocol, done = world.dial.waiting.pop()
    transport = FakeTransport(protocol, ("10.0.0.1", 1))
    protocol.connection_made(transport)
    done(TimeoutError())
    assert transport.closing
    assert caller.failures == [errors.CONNECT_TIMEOUT]


def test_who_left_meanwhile_leaves_the_connection_to_others() -> None:
    world = World()
    caller = world.want()
    caller.gave_up = True
    world.dial.open()
    assert caller.given == []
    assert len(world.one.pool.idle) == 1
    world = World()
    caller = world.want()
    caller.gave_up = True
    world.dial.refuse()
    assert caller.failures == []


def test_an_address_that_is_used_no_more_lets_its_connections_go() -> None:
    world = World(limit=2)
    idle = world.idle()
    busy = world.want(NEW)
    transport = world.dial.open()
    world.upstream.set_addresses([URLS[1], "http://three.test:3", URLS[1]])
    assert [one.url for one in world.upstream.instances] == [URLS[1], "http://three.test:3"]
    assert idle.transport.is_closing()  # type: ignore[union-attr]
    assert not transport.closing
    world.one.release(busy.given[0])
    assert transport.closing


def test_addresses_that_stay_keep_their_connections() -> None:
    world = World()
    world.upstream.set_addresses(reversed(URLS))
    assert world.upstream.instances[1] is world.one


@pytest.mark.parametrize("refusals", [1, 2, 3, 5, 6, 9])
def test_the_pause_of_an_address_that_refuses_doubles_up_to_ten_seconds(refusals: int) -> None:
    world = World(limit=2)
    for _ in range(refusals):
        world.deadlines.now += 100.0
        world.want()
        world.dial.refuse()
    pause = world.one.away_until - world.deadlines.now
    assert pause == min(0.5 * 2.0 ** (refusals - 1), 10.0)
    world.one.probe(world.one.away_until - 0.1)
    assert len(world.dial.asked) == refusals
    world.one.probe(world.one.away_until)
    world.one.probe(world.one.away_until)
    assert len(world.dial.asked) == refusals + 1  # one of ours, and one at a time
    world.dial.open()
    assert world.one.away_until == 0.0
    world.want(NEW)
    world.dial.refuse()
    assert world.one.away_until - world.deadlines.now == 0.5


def test_a_probe_that_is_refused_lengthens_the_pause() -> None:
    world = World()
    world.want()
    world.dial.refuse()
    world.one.probe(world.one.away_until)
    world.dial.refuse()
    assert world.one.away_until == world.deadlines.now + 1.0
    world.one.probe(world.one.away_until)
    assert len(world.dial.waiting) == 1  # the next one, when it is due


def test_no_probe_where_there_is_no_place_for_it() -> None:
    world = World()
    world.want()
    world.dial.refuse()
    world.one.pool.open = world.one.pool.limit
    world.one.probe(world.one.away_until)
    assert world.dial.waiting == []


def test_addresses_take_turns_and_those_that_are_away_or_ill_are_left_out() -> None:
    urls = (*URLS, "http://three.test:3")
    world = World(urls=urls)
    picked = [world.upstream.pick() for _ in range(6)]
    assert [picked.count(one) for one in world.upstream.instances] == [2, 2, 2]
    world.upstream.instances[0].healthy = False
    world.upstream.instances[1].away_until = 1.0
    assert {world.upstream.pick() for _ in range(4)} == {world.upstream.instances[2]}
    world.upstream.instances[2].healthy = False
    assert len({world.upstream.pick() for _ in range(3)}) == 3  # better than none
    assert world.upstream.pick(world.upstream.instances[1:]) is world.one
    assert world.upstream.pick(world.upstream.instances) is None


def test_the_least_busy_is_picked_where_that_is_wanted() -> None:
    world = World(limit=3, balance="least-busy")
    one, other = world.upstream.instances
    for instance in (one, one, other):
        world.want(on=instance)
    assert world.upstream.pick() is other


def test_without_an_address_a_caller_gets_an_error() -> None:
    world = World()
    world.upstream.set_addresses([])
    caller: Any = Caller()
    world.upstream.connect(caller, ANY)
    assert caller.failures == [errors.UNAVAILABLE]


def test_requests_wait_where_any_address_has_no_connection_left() -> None:
    world = World()
    assert not world.upstream.slow
    world.want()
    world.want()
    assert world.upstream.slow
    (one, other) = world.upstream.instances
    assert world.upstream.snapshot() == {
        "connections": 1, "idle": 0, "instances": {one.url: True, other.url: True},
    }  # fmt: skip
    world.dial.refuse()
    assert world.upstream.snapshot()["instances"][one.url] is False
    other.healthy = False
    assert world.upstream.snapshot()["instances"][other.url] is False


def test_what_was_mended_is_counted_by_its_kind() -> None:
    counts: dict[str, int] = {}
    dial, deadlines = Dial(), Deadlines(0.0)
    instance = Instance(URLS[0], UpstreamConfig("u", URLS), 1, deadlines, dial, counts)
    for kind in ("space", "space", "length"):
        instance.mended(kind)
    assert counts == {"space": 2, "length": 1}
    assert instance.authority == "one.test:1"
    named = Instance(URLS[0], UpstreamConfig("u", URLS, host="h"), 1, deadlines, dial, counts)
    assert named.authority == "h"

"""Pool: which connection, how many, who waits."""

from dataclasses import dataclass, field
from itertools import count

from facade.proxy.upstream.pool import Pool
from tests.rigs.facade.wires.wire import FakeTransport


@dataclass(eq=False)
class Connection:
    transport: FakeTransport = field(default_factory=lambda: FakeTransport(None, ("a", 1)))  # type: ignore[arg-type]
    idle_since: float = 0.0
    number: int = field(default_factory=count().__next__)


@dataclass
class Waiting:
    gave_up: bool = False


def filled(*since: float, limit: int = 10) -> tuple[Pool[Connection, Waiting], list[Connection]]:
    pool: Pool[Connection, Waiting] = Pool(limit)
    connections = [Connection() for _ in since]
    for connection, moment in zip(connections, since, strict=True):
        assert pool.may_open()
        assert pool.put_back(connection, moment) is None
    return pool, connections


def test_the_last_used_connection_comes_first() -> None:
    pool, (first, second) = filled(1.0, 2.0)
    assert pool.take(float("-inf")) is second
    assert pool.take(float("-inf")) is first
    assert pool.take(float("-inf")) is None


def test_a_closed_connection_is_passed_over() -> None:
    pool, (first, second) = filled(1.0, 2.0)
    second.transport.close()
    assert pool.take(float("-inf")) is first


def test_an_idle_one_is_left_when_it_may_be_stale() -> None:
    pool, (_first, second) = filled(1.0, 5.0)
    assert pool.take(6.0) is None
    assert pool.take(5.0) is second
    assert pool.take(5.0) is None


def test_room_is_bounded_and_comes_back() -> None:
    pool: Pool[Connection, Waiting] = Pool(1)
    assert pool.may_open()
    assert not pool.may_open()
    pool.closed(None)
    assert pool.may_open()


def test_a_free_connection_goes_to_who_waits_longest_and_still_wants_it() -> None:
    pool, (connection,) = filled(1.0, limit=1)
    pool.take(0.0)
    gone, patient = Waiting(gave_up=True), Waiting()
    pool.wait(gone, 9.0)
    pool.wait(patient, 9.0)
    assert pool.put_back(connection, 2.0) is patient
    assert not pool.idle


def test_who_waits_too_long_is_named() -> None:
    pool: Pool[Connection, Waiting] = Pool(1)
    first, second = Waiting(), Waiting()
    pool.wait(first, 1.0)
    pool.wait(second, 3.0)
    assert pool.overdue(2.0) == [first]
    assert pool.next_waiter() is second


def test_surplus_is_what_idled_too_long() -> None:
    pool, (first, second) = filled(1.0, 5.0)
    assert pool.surplus(3.0) == [first]
    assert list(pool.idle) == [second]
    assert pool.busy == 1  # the first one, until it says that it has closed
    pool.closed(first)
    assert pool.busy == 0


def test_a_closed_idle_connection_is_forgotten() -> None:
    pool, (first, second) = filled(1.0, 5.0)
    pool.closed(first)
    assert (pool.open, list(pool.idle)) == (1, [second])
    assert pool.evict() is second
    assert pool.evict() is None

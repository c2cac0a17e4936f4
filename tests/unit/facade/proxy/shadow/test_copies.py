"""Shadow requests: both sides are asked, the client notices nothing."""

import gc

import pytest

from tests.rigs.facade.workers.copied import GET, ok


def test_both_sides_are_asked_and_the_pair_is_handed_over(door) -> None:
    client = door.client()
    client.send(GET)
    live, copy = door.wire.dialled
    assert b"Fig-" not in live.read()
    sent = copy.read()
    assert sent.startswith(b"GET /shadow/a?q=1&p= HTTP/1.1\r\n")
    assert b"Fig-Shadow: 1\r\n" in sent
    assert b"Fig-After: " in sent
    copy.send(ok(b"new"))
    assert client.read() == b""
    live.send(ok(b"old!"))
    assert client.read().endswith(b"old!")
    (pair,) = door.channel.pairs
    assert pair.blob == b"old!new"
    meta = pair.meta
    assert (meta["route"], meta["live"], meta["stage"]) == ("shadowed", "legacy", "shadow")
    assert meta["signed_in"] is True
    assert {side: answer["length"] for side, answer in meta["sides"].items()} == {
        "legacy": 4,
        "new": 3,
    }
    assert door.counts("shadowed")["shadow"] == {
        "dispatched": 1,
        "completed": 1,
        "failed": 0,
        "shed": {},
    }


def test_the_client_does_not_wait_for_the_copy(door) -> None:
    client = door.client()
    client.send(GET)
    live, copy = door.wire.dialled
    live.send(ok(b"old"))
    assert client.read().endswith(b"old")
    assert not door.channel.pairs
    copy.send(ok(b"new"))
    assert door.channel.pairs[0].blob == b"oldnew"


def test_the_copy_goes_behind_the_request_and_the_pair_behind_the_answer(door) -> None:
    door.turns = []
    client = door.client()
    client.send(GET)
    assert len(door.wire.dialled) == 1
    door.turn()
    live, copy = door.wire.dialled
    copy.send(ok(b"new"))
    live.send(ok(b"old"))
    assert client.read().endswith(b"old")
    assert not door.channel.pairs
    door.turn()
    assert door.channel.pairs[0].blob == b"oldnew"
    assert door.gateway.shadow._under_way == 0


def test_a_client_that_left_is_not_copied(door) -> None:
    door.turns = []
    client = door.client()
    client.send(GET)
    client.vanish()
    door.turn()
    assert len(door.wire.dialled) == 1
    assert door.gateway.shadow._under_way == 0


def test_a_pair_leaves_nothing_for_the_garbage_collector(door) -> None:
    client = door.client()
    gc.collect()
    gc.disable()
    gc.set_debug(gc.DEBUG_SAVEALL)
    try:
        client.send(GET)
        kind = type(client.transport.protocol._exchange.pair)
        for side, answer in zip(door.wire.dialled, (b"old", b"new"), strict=True):
            side.send(ok(answer))
        assert len(door.channel.pairs) == 1
        gc.collect()
        assert [one for one in gc.garbage if type(one) is kind] == []
    finally:
        gc.set_debug(0)
        gc.garbage.clear()
        gc.enable()


@pytest.mark.parametrize("how", ["refuses", "closes", "nonsense"])
def test_a_failing_copy_is_told_to_comparison_alone(door, how: str) -> None:
    client = door.client()
    if how == "refuses":
        door.wire.refuse.add(2000)
    client.send(GET)
    if how == "closes":
        door.wire.dialled[1].vanish()
    if how == "nonsense":
        door.wire.dialled[1].send(b"SSH-2.0\r\n\r\n")
    door.wire.dialled[0].send(ok(b"old"))
    assert client.read().endswith(b"old")
    error = door.channel.pairs[0].meta["sides"]["new"]["error"]
    assert error == {"refuses": "connect", "closes": "closed", "nonsense": "nonsense"}[how]
    assert door.counts("shadowed")["failures"] == {}
    assert door.counts("shadowed")["shadow"]["failed"] == 1


def test_failing_copies_never_open_a_breaker(door) -> None:
    client = door.client()
    door.wire.refuse.add(2000)
    for _ in range(40):
        client.send(GET)
        door.wire.dialled[0].send(ok(b"old"))
        client.read()
    assert door.breakers("fresh") == {"read": "closed"}


def test_a_copy_has_a_deadline(door) -> None:
    client = door.client()
    client.send(GET)
    live, copy = door.wire.dialled
    live.send(ok(b"old"))
    door.later(6)
    assert copy.transport.aborted
    assert door.counts("shadowed")["shadow"]["shed"] == {"deadline": 1}
    assert client.read().endswith(b"old")
    assert door.gateway.shadow._under_way == 0


@pytest.mark.parametrize("which", [0, 1])
def test_large_answers_are_not_compared(door, which: int) -> None:
    client = door.client()
    client.send(GET)
    door.wire.dialled[which].send(ok(b"x" * (2 * 1024**2 + 1)))
    door.wire.dialled[1 - which].send(ok(b"y"))
    assert client.read()
    assert not door.channel.pairs
    assert door.counts("shadowed")["shadow"]["shed"] == {"size": 1}
    assert door.gateway.shadow._under_way == 0


def test_writes_are_never_copied(door) -> None:
    door.client().send(b"POST /shadow/a HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n")
    assert len(door.wire.dialled) == 1


def test_a_search_that_only_reads_is_copied_with_its_body(door) -> None:
    client = door.client()
    client.send(b"POST /search HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nte")
    assert len(door.wire.dialled) == 1
    client.send(b"nt")
    assert door.wire.dialled[1].read().endswith(b"\r\n\r\ntent")


@pytest.mark.parametrize("size", [4, 16 * 1024])
def test_comparison_is_shown_a_small_requests_body(door, size: int) -> None:
    body = b"x" * size
    door.client().send(
        b"POST /search HTTP/1.1\r\nHost: a\r\nContent-Length: %d\r\n\r\n" % size + body
    )
    for side, answer in zip(door.wire.dialled, (b"old", b"new!"), strict=True):
        side.send(ok(answer))
    (pair,) = door.channel.pairs
    assert (pair.meta["request_length"], pair.blob) == (size, b"oldnew!" + body)


def test_a_copy_of_a_chunked_search(door) -> None:
    client = door.client()
    client.send(b"POST /search HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n")
    client.send(b"2\r\nte\r\n2\r\nnt\r\n0\r\n\r\n")
    assert door.wire.dialled[1].read().endswith(b"\r\n\r\n4\r\ntent\r\n0\r\n\r\n")


def test_a_large_search_is_not_copied(door) -> None:
    client = door.client()
    client.send(b"POST /search HTTP/1.1\r\nHost: a\r\nContent-Length: 20000\r\n\r\n" + b"x" * 20000)
    assert len(door.wire.dialled) == 1
    assert door.counts("searching")["shadow"]["shed"] == {"size": 1}


@pytest.mark.parametrize("cause", ["lag", "channel", "inflight", "slow"])
def test_copies_are_shed_first(door, cause: str) -> None:
    if cause == "lag":
        door.gateway.shadow.lag = 0.5
    if cause == "channel":
        door.channel.open = False
    if cause == "inflight":
        door.gateway.shadow._under_way = 10_000
    if cause == "slow":
        pool = door.gateway.upstreams.live["legacy"].instances[0].pool
        pool.limit = 1
        door.client().send(GET)
        door.wire.dialled.pop()
        door.client().send(b"GET /legacy/a HTTP/1.1\r\nHost: a\r\n\r\n")
    door.client().send(GET)
    assert len(door.wire.dialled) == 1
    assert door.counts("shadowed")["shadow"]["shed"] == {cause: 1}


def test_a_client_that_leaves_takes_its_copy_along(door) -> None:
    client = door.client()
    client.send(GET)
    client.vanish()
    assert all(peer.transport.aborted for peer in door.wire.dialled)
    assert not door.channel.pairs
    assert door.gateway.shadow._under_way == 0


def test_a_channel_that_closed_meanwhile_costs_the_pair(door) -> None:
    client = door.client()
    client.send(GET)
    door.channel.open = False
    for peer in tuple(door.wire.dialled):
        peer.send(ok(b"a"))
    assert client.read().endswith(b"a")
    assert door.counts("shadowed")["shadow"]["shed"] == {"channel": 1}

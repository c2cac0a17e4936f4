"""Shadow requests: both sides are asked, the client notices nothing."""

import gc

import pytest

from tests.rigs.facade.workers.copied import GET, ok


def test_both_sides_are_asked_and_the_pair_is_handed_over(rig) -> None:
    client = rig.client()
    client.send(GET)
    live, copy = rig.wire.dialled
    assert b"Fig-" not in live.read()
    sent = copy.read()
    assert sent.startswith(b"GET /shadow/a?q=1&p= HTTP/1.1\r\n")
    assert b"Fig-Shadow: 1\r\n" in sent
    assert b"Fig-After: " in sent
    copy.send(ok(b"new"))
    assert client.read() == b""
    live.send(ok(b"old!"))
    assert client.read().endswith(b"old!")
    (pair,) = rig.channel.pairs
    assert pair.blob == b"old!new"
    meta = pair.meta
    assert (meta["route"], meta["live"], meta["stage"]) == ("shadowed", "legacy", "shadow")
    assert meta["signed_in"] is True
    assert {side: answer["length"] for side, answer in meta["sides"].items()} == {
        "legacy": 4,
        "new": 3,
    }
    assert rig.counts("shadowed")["shadow"] == {
        "dispatched": 1,
        "completed": 1,
        "failed": 0,
        "shed": {},
    }


def test_the_client_does_not_wait_for_the_copy(rig) -> None:
    client = rig.client()
    client.send(GET)
    live, copy = rig.wire.dialled
    live.send(ok(b"old"))
    assert client.read().endswith(b"old")
    assert not rig.channel.pairs
    copy.send(ok(b"new"))
    assert rig.channel.pairs[0].blob == b"oldnew"


def test_the_copy_goes_behind_the_request_and_the_pair_behind_the_answer(rig) -> None:
    rig.turns = []
    client = rig.client()
    client.send(GET)
    assert len(rig.wire.dialled) == 1
    rig.turn()
    live, copy = rig.wire.dialled
    copy.send(ok(b"new"))
    live.send(ok(b"old"))
    assert client.read().endswith(b"old")
    assert not rig.channel.pairs
    rig.turn()
    assert rig.channel.pairs[0].blob == b"oldnew"
    assert rig.gateway.shadow._under_way == 0


def test_a_client_that_left_is_not_copied(rig) -> None:
    rig.turns = []
    client = rig.client()
    client.send(GET)
    client.vanish()
    rig.turn()
    assert len(rig.wire.dialled) == 1
    assert rig.gateway.shadow._under_way == 0


def test_a_pair_leaves_nothing_for_the_garbage_collector(rig) -> None:
    client = rig.client()
    gc.collect()
    gc.disable()
    gc.set_debug(gc.DEBUG_SAVEALL)
    try:
        client.send(GET)
        kind = type(client.transport.protocol._exchange.pair)
        for side, answer in zip(rig.wire.dialled, (b"old", b"new"), strict=True):
            side.send(ok(answer))
        assert len(rig.channel.pairs) == 1
        gc.collect()
        assert [one for one in gc.garbage if type(one) is kind] == []
    finally:
        gc.set_debug(0)
        gc.garbage.clear()
        gc.enable()


@pytest.mark.parametrize("how", ["refuses", "closes", "nonsense"])
def test_a_failing_copy_is_reported_to_comparison_alone(rig, how: str) -> None:
    client = rig.client()
    if how == "refuses":
        rig.wire.refuse.add(2000)
    client.send(GET)
    if how == "closes":
        rig.wire.dialled[1].vanish()
    if how == "nonsense":
        rig.wire.dialled[1].send(b"SSH-2.0\r\n\r\n")
    rig.wire.dialled[0].send(ok(b"old"))
    assert client.read().endswith(b"old")
    error = rig.channel.pairs[0].meta["sides"]["new"]["error"]
    assert error == {"refuses": "connect", "closes": "closed", "nonsense": "nonsense"}[how]
    assert rig.counts("shadowed")["failures"] == {}
    assert rig.counts("shadowed")["shadow"]["failed"] == 1


def test_failing_copies_never_open_a_breaker(rig) -> None:
    client = rig.client()
    rig.wire.refuse.add(2000)
    for _ in range(40):
        client.send(GET)
        rig.wire.dialled[0].send(ok(b"old"))
        client.read()
    assert rig.breakers("fresh") == {"read": "closed"}


def test_a_copy_has_a_deadline(rig) -> None:
    client = rig.client()
    client.send(GET)
    live, copy = rig.wire.dialled
    live.send(ok(b"old"))
    rig.later(6)
    assert copy.transport.aborted
    assert rig.counts("shadowed")["shadow"]["shed"] == {"deadline": 1}
    assert client.read().endswith(b"old")
    assert rig.gateway.shadow._under_way == 0


@pytest.mark.parametrize("which", [0, 1])
def test_large_answers_are_not_compared(rig, which: int) -> None:
    client = rig.client()
    client.send(GET)
    rig.wire.dialled[which].send(ok(b"x" * (2 * 1024**2 + 1)))
    rig.wire.dialled[1 - which].send(ok(b"y"))
    assert client.read()
    assert not rig.channel.pairs
    assert rig.counts("shadowed")["shadow"]["shed"] == {"size": 1}
    assert rig.gateway.shadow._under_way == 0


def test_writes_are_never_copied(rig) -> None:
    rig.client().send(b"POST /shadow/a HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n")
    assert len(rig.wire.dialled) == 1


def test_a_search_that_only_reads_is_copied_with_its_body(rig) -> None:
    client = rig.client()
    client.send(b"POST /search HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nte")
    assert len(rig.wire.dialled) == 1
    client.send(b"nt")
    assert rig.wire.dialled[1].read().endswith(b"\r\n\r\ntent")


@pytest.mark.parametrize("size", [4, 16 * 1024])
def test_comparison_is_shown_a_small_requests_body(rig, size: int) -> None:
    body = b"x" * size
    rig.client().send(
        b"POST /search HTTP/1.1\r\nHost: a\r\nContent-Length: %d\r\n\r\n" % size + body
    )
    for side, answer in zip(rig.wire.dialled, (b"old", b"new!"), strict=True):
        side.send(ok(answer))
    (pair,) = rig.channel.pairs
    assert (pair.meta["request_length"], pair.blob) == (size, b"oldnew!" + body)


def test_a_copy_of_a_chunked_search(rig) -> None:
    client = rig.client()
    client.send(b"POST /search HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n")
    client.send(b"2\r\nte\r\n2\r\nnt\r\n0\r\n\r\n")
    assert rig.wire.dialled[1].read().endswith(b"\r\n\r\n4\r\ntent\r\n0\r\n\r\n")


def test_a_large_search_is_not_copied(rig) -> None:
    client = rig.client()
    client.send(b"POST /search HTTP/1.1\r\nHost: a\r\nContent-Length: 20000\r\n\r\n" + b"x" * 20000)
    assert len(rig.wire.dialled) == 1
    assert rig.counts("searching")["shadow"]["shed"] == {"size": 1}


@pytest.mark.parametrize("cause", ["lag", "channel", "inflight", "slow"])
def test_copies_are_shed_first(rig, cause: str) -> None:
    if cause == "lag":
        rig.gateway.shadow.lag = 0.5
    if cause == "channel":
        rig.channel.open = False
    if cause == "inflight":
        rig.gateway.shadow._under_way = 10_000
    if cause == "slow":
        pool = rig.gateway.upstreams.live["legacy"].instances[0].pool
        pool.limit = 1
        rig.client().send(GET)
        rig.wire.dialled.pop()
        rig.client().send(b"GET /legacy/a HTTP/1.1\r\nHost: a\r\n\r\n")
    rig.client().send(GET)
    assert len(rig.wire.dialled) == 1
    assert rig.counts("shadowed")["shadow"]["shed"] == {cause: 1}


def test_a_client_that_leaves_takes_its_copy_along(rig) -> None:
    client = rig.client()
    client.send(GET)
    client.vanish()
    assert all(peer.transport.aborted for peer in rig.wire.dialled)
    assert not rig.channel.pairs
    assert rig.gateway.shadow._under_way == 0


def test_a_channel_that_closed_meanwhile_costs_the_pair(rig) -> None:
    client = rig.client()
    client.send(GET)
    rig.channel.open = False
    for peer in tuple(rig.wire.dialled):
        peer.send(ok(b"a"))
    assert client.read().endswith(b"a")
    assert rig.counts("shadowed")["shadow"]["shed"] == {"channel": 1}

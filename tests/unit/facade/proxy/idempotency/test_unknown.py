"""What becomes of a key where nobody knows what was done, or nothing is promised; the counts."""

import time

import pytest

from facade.proxy.idempotency import keys as keys_module
from facade.runtime import memory as memory_module
from tests.rigs.facade.workers.keyed import (
    CREATED,
    LARGE,
    LEGACY,
    NEW,
    ROUTES,
    ask,
    done,
    idle,
    post,
    status,
    waiting,
)

# what is not known


def test_a_worker_that_died_leaves_it_to_the_side_it_was_sent_to(host) -> None:
    dead = host.worker("new")
    ask(dead, post())
    dead.gateway.memory.open().close()
    door = host.worker("legacy")
    client = ask(door, post())
    peer, _sent = waiting(door, NEW)
    peer.send(CREATED)
    assert status(client.read()) == 201
    assert b"replayed" in ask(door, post()).read()


def test_that_side_may_not_hand_it_on(host) -> None:
    dead = host.worker("new")
    ask(dead, post())
    dead.gateway.memory.open().close()
    door = host.worker("new")
    client = ask(door, post())
    waiting(door, NEW)[0].send(
        b"HTTP/1.1 503 No\r\nFig-Declined: behind\r\nContent-Length: 0\r\n\r\n"
    )
    assert status(client.read()) == 503
    assert idle(door)


def test_where_that_side_is_not_asked_any_more_a_person_has_to_look(host) -> None:
    dead = host.worker("legacy")
    ask(dead, post())
    dead.gateway.memory.open().close()
    door = host.worker("retired")
    assert status(ask(door, post()).read()) == 409
    assert idle(door)
    back = host.worker("legacy")
    ask(back, post())
    assert waiting(back, LEGACY), "it is known still"


@pytest.mark.parametrize("owner", ["moving", "new"])
def test_neither_is_legacy_asked_again_where_it_may_not_write(host, owner: str) -> None:
    dead = host.worker("legacy")
    ask(dead, post())
    dead.gateway.memory.open().close()
    door = host.worker(owner=owner)
    assert status(ask(door, post()).read()) == 409
    assert idle(door)


@pytest.mark.parametrize("how", ["closes", "500", "409", "breaks off", "silent"])
def test_an_answer_that_says_nothing_leaves_it_to_the_same_side(host, how: str) -> None:
    door = host.worker("new")
    client = ask(door, post())
    peer, _sent = waiting(door, NEW)
    if how == "closes":
        peer.vanish()
    elif how == "breaks off":
        peer.send(b"HTTP/1.1 201 Created\r\nContent-Length: 9\r\n\r\n{")
        peer.vanish()
    elif how == "silent":
        door.later(31.0)
    else:
        peer.send(b"HTTP/1.1 %b No\r\nContent-Length: 0\r\n\r\n" % how.encode())
    client.read()
    door.use(ROUTES.replace("STAGE", "legacy"))
    ask(door, post())
    assert waiting(door, NEW), "not to legacy"


@pytest.mark.parametrize("how", ["refuses", "401", "429", "declines"])
def test_where_nothing_was_done_the_key_is_as_new(host, how: str) -> None:
    door = host.worker("new")
    if how == "refuses":
        door.wire.refuse.add(NEW)
        client = ask(door, post())
    elif how == "declines":
        door.wire.refuse.add(LEGACY)
        client = ask(door, post())
        waiting(door, NEW)[0].send(
            b"HTTP/1.1 503 No\r\nFig-Declined: behind\r\nContent-Length: 0\r\n\r\n"
        )
        door.wire.refuse.clear()
    else:
        client = ask(door, post())
        waiting(door, NEW)[0].send(b"HTTP/1.1 %b No\r\nContent-Length: 0\r\n\r\n" % how.encode())
    assert status(client.read()) >= 400
    door.use(ROUTES.replace("STAGE", "legacy"))
    ask(door, post())
    assert waiting(door, LEGACY)


# without the promise


@pytest.mark.parametrize("chunked", [False, True])
def test_a_body_beyond_the_limit_goes_on_and_the_answer_says_so(host, chunked: bool) -> None:
    door = host.worker()
    body = b"x" * 70_000
    request = post(body=body)
    if chunked:
        request = request.replace(b"Content-Length: 70000", b"Transfer-Encoding: chunked")
        request = request.replace(body, b"%x\r\n%b\r\n0\r\n\r\n" % (len(body), body))
    client = ask(door, request)
    peer, sent = waiting(door, NEW)
    assert sent.count(b"x") >= 70_000
    peer.send(CREATED)
    assert b"Fig-Idempotency: not-kept\r\n" in client.read()
    ask(door, request)
    assert waiting(door, NEW)


def test_a_host_without_a_memory_says_so(make_door) -> None:
    door = make_door(ROUTES.replace("STAGE", "new"))
    assert b"Fig-Idempotency: not-kept\r\n" in done(door, post())


def test_an_answer_that_is_too_large_is_said_to_be_done(host) -> None:
    door = host.worker()
    done(door, post(), answer=LARGE)
    assert status(ask(door, post()).read()) == 409
    assert idle(door)


def test_a_memory_that_is_held_by_a_paused_worker_sends_nothing(host, monkeypatch) -> None:
    monkeypatch.setattr(memory_module, "LOCK_SECONDS", 0.002)
    door, other = host.worker(), host.worker()
    with other.gateway.memory.open().locked():
        assert status(ask(door, post()).read()) == 503
    assert idle(door)


# elsewhere


@pytest.mark.parametrize("path", ["/plain", "/search", "/nowhere"])
def test_a_route_that_does_not_write_or_has_no_new_side_passes_the_header(host, path: str) -> None:
    door = host.worker()
    for _ in range(2):
        client = ask(door, post(path=path))
        peer, sent = waiting(door, NEW if path == "/search" else LEGACY)
        assert b"Idempotency-Key: k1\r\n" in sent
        peer.send(CREATED)
        assert b"Fig-Idempotency" not in client.read()


def test_the_side_gets_the_key_too(host) -> None:
    door = host.worker()
    ask(door, post())
    assert b"Idempotency-Key: k1\r\n" in waiting(door, NEW)[1]


def test_a_client_that_asks_before_it_sends_is_told_to_go_on(host) -> None:
    door = host.worker()
    head, body = post().split(b"\r\n\r\n")
    client = ask(door, head + b"\r\nExpect: 100-continue\r\n\r\n")
    assert client.read() == b"HTTP/1.1 100 Continue\r\n\r\n"
    assert idle(door)
    client.send(body)
    assert waiting(door, NEW)[1].endswith(body)


def test_a_client_that_leaves_before_its_body_is_whole_used_no_key(host) -> None:
    door = host.worker()
    client = ask(door, post()[:-1])
    client.vanish()
    assert idle(door)
    ask(door, post())
    assert waiting(door, NEW)


@pytest.mark.parametrize("before", [True, False])
def test_a_key_is_forgotten_after_a_day(host, before: bool) -> None:
    passed = keys_module.KEEP_SECONDS + (-60.0 if before else 60.0)
    door, now = host.worker(), time.time()
    done(door, post())
    later = host.worker()
    later.gateway.memory.clock = lambda: now + passed
    ask(later, post())
    assert idle(later) is before


# what is counted, and said in the log


def counted(door) -> dict[str, int]:
    return door.counts("order")["idempotency"]


def test_a_key_that_is_new_is_not_counted(host) -> None:
    door = host.worker()
    done(door, post())
    assert counted(door) == {}


def test_what_a_used_key_made_of_a_request_is_counted_and_logged(host, caplog) -> None:
    caplog.set_level("INFO", "facade.proxy")
    door = host.worker()
    done(door, post())
    ask(door, post()).read()
    ask(door, post()).read()
    ask(door, post(body=b'{"a":2}')).read()
    ask(door, post("running"))
    ask(door, post("running")).read()
    done(host.worker(), post("large"), answer=LARGE)
    ask(door, post("large")).read()
    assert counted(door) == {
        "replayed": 2,
        "used for another request": 1,
        "still running": 1,
        "done, its answer too large": 1,
    }
    said = "route order: a request with an Idempotency-Key was replayed"
    assert caplog.messages.count(said) == 2


def test_what_is_sent_again_or_nowhere_is_counted(host) -> None:
    dead = host.worker("legacy")
    ask(dead, post())
    dead.gateway.memory.open().close()
    retired = host.worker("retired")
    ask(retired, post()).read()
    assert counted(retired) == {"unknown, its side gone": 1}
    back = host.worker("legacy")
    ask(back, post())
    assert counted(back) == {"sent again": 1}


def test_what_is_not_kept_is_counted(make_door) -> None:
    door = make_door(ROUTES.replace("STAGE", "new"))
    done(door, post())
    assert counted(door) == {"not kept": 1}

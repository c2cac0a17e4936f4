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
    rig = host.worker("legacy")
    client = ask(rig, post())
    peer, _sent = waiting(rig, NEW)
    peer.send(CREATED)
    assert status(client.read()) == 201
    assert b"replayed" in ask(rig, post()).read()


def test_that_side_may_not_hand_it_on(host) -> None:
    dead = host.worker("new")
    ask(dead, post())
    dead.gateway.memory.open().close()
    rig = host.worker("new")
    client = ask(rig, post())
    waiting(rig, NEW)[0].send(
        b"HTTP/1.1 503 No\r\nFig-Declined: behind\r\nContent-Length: 0\r\n\r\n"
    )
    assert status(client.read()) == 503
    assert idle(rig)


def test_where_that_side_is_not_asked_any_more_a_person_has_to_look(host) -> None:
    dead = host.worker("legacy")
    ask(dead, post())
    dead.gateway.memory.open().close()
    rig = host.worker("retired")
    assert status(ask(rig, post()).read()) == 409
    assert idle(rig)
    back = host.worker("legacy")
    ask(back, post())
    assert waiting(back, LEGACY), "it is known still"


@pytest.mark.parametrize("owner", ["moving", "new"])
def test_neither_is_legacy_asked_again_where_it_may_not_write(host, owner: str) -> None:
    dead = host.worker("legacy")
    ask(dead, post())
    dead.gateway.memory.open().close()
    rig = host.worker(owner=owner)
    assert status(ask(rig, post()).read()) == 409
    assert idle(rig)


@pytest.mark.parametrize("how", ["closes", "500", "409", "breaks off", "silent"])
def test_an_answer_that_says_nothing_leaves_it_to_the_same_side(host, how: str) -> None:
    rig = host.worker("new")
    client = ask(rig, post())
    peer, _sent = waiting(rig, NEW)
    if how == "closes":
        peer.vanish()
    elif how == "breaks off":
        peer.send(b"HTTP/1.1 201 Created\r\nContent-Length: 9\r\n\r\n{")
        peer.vanish()
    elif how == "silent":
        rig.later(31.0)
    else:
        peer.send(b"HTTP/1.1 %b No\r\nContent-Length: 0\r\n\r\n" % how.encode())
    client.read()
    rig.use(ROUTES.replace("STAGE", "legacy"))
    ask(rig, post())
    assert waiting(rig, NEW), "not to legacy"


@pytest.mark.parametrize("how", ["refuses", "401", "429", "declines"])
def test_where_nothing_was_done_the_key_is_as_new(host, how: str) -> None:
    rig = host.worker("new")
    if how == "refuses":
        rig.wire.refuse.add(NEW)
        client = ask(rig, post())
    elif how == "declines":
        rig.wire.refuse.add(LEGACY)
        client = ask(rig, post())
        waiting(rig, NEW)[0].send(
            b"HTTP/1.1 503 No\r\nFig-Declined: behind\r\nContent-Length: 0\r\n\r\n"
        )
        rig.wire.refuse.clear()
    else:
        client = ask(rig, post())
        waiting(rig, NEW)[0].send(b"HTTP/1.1 %b No\r\nContent-Length: 0\r\n\r\n" % how.encode())
    assert status(client.read()) >= 400
    rig.use(ROUTES.replace("STAGE", "legacy"))
    ask(rig, post())
    assert waiting(rig, LEGACY)


# without the promise


@pytest.mark.parametrize("chunked", [False, True])
def test_a_body_beyond_the_limit_goes_on_and_the_answer_says_so(host, chunked: bool) -> None:
    rig = host.worker()
    body = b"x" * 70_000
    request = post(body=body)
    if chunked:
        request = request.replace(b"Content-Length: 70000", b"Transfer-Encoding: chunked")
        request = request.replace(body, b"%x\r\n%b\r\n0\r\n\r\n" % (len(body), body))
    client = ask(rig, request)
    peer, sent = waiting(rig, NEW)
    assert sent.count(b"x") >= 70_000
    peer.send(CREATED)
    assert b"Fig-Idempotency: not-kept\r\n" in client.read()
    ask(rig, request)
    assert waiting(rig, NEW)


def test_a_host_without_a_memory_says_so(make_rig) -> None:
    rig = make_rig(ROUTES.replace("STAGE", "new"))
    assert b"Fig-Idempotency: not-kept\r\n" in done(rig, post())


def test_an_answer_that_is_too_large_is_said_to_be_done(host) -> None:
    rig = host.worker()
    done(rig, post(), answer=LARGE)
    assert status(ask(rig, post()).read()) == 409
    assert idle(rig)


def test_a_memory_that_is_held_by_a_paused_worker_sends_nothing(host, monkeypatch) -> None:
    monkeypatch.setattr(memory_module, "LOCK_SECONDS", 0.002)
    rig, other = host.worker(), host.worker()
    with other.gateway.memory.open().locked():
        assert status(ask(rig, post()).read()) == 503
    assert idle(rig)


# elsewhere


@pytest.mark.parametrize("path", ["/plain", "/search", "/nowhere"])
def test_a_route_that_does_not_write_or_has_no_new_side_passes_the_header(host, path: str) -> None:
    rig = host.worker()
    for _ in range(2):
        client = ask(rig, post(path=path))
        peer, sent = waiting(rig, NEW if path == "/search" else LEGACY)
        assert b"Idempotency-Key: k1\r\n" in sent
        peer.send(CREATED)
        assert b"Fig-Idempotency" not in client.read()


def test_the_side_gets_the_key_too(host) -> None:
    rig = host.worker()
    ask(rig, post())
    assert b"Idempotency-Key: k1\r\n" in waiting(rig, NEW)[1]


def test_a_client_that_asks_before_it_sends_gets_100_continue(host) -> None:
    rig = host.worker()
    head, body = post().split(b"\r\n\r\n")
    client = ask(rig, head + b"\r\nExpect: 100-continue\r\n\r\n")
    assert client.read() == b"HTTP/1.1 100 Continue\r\n\r\n"
    assert idle(rig)
    client.send(body)
    assert waiting(rig, NEW)[1].endswith(body)


def test_a_client_that_leaves_before_its_body_is_whole_used_no_key(host) -> None:
    rig = host.worker()
    client = ask(rig, post()[:-1])
    client.vanish()
    assert idle(rig)
    ask(rig, post())
    assert waiting(rig, NEW)


@pytest.mark.parametrize("before", [True, False])
def test_a_key_is_forgotten_after_a_day(host, before: bool) -> None:
    passed = keys_module.KEEP_SECONDS + (-60.0 if before else 60.0)
    rig, now = host.worker(), time.time()
    done(rig, post())
    later = host.worker()
    later.gateway.memory.clock = lambda: now + passed
    ask(later, post())
    assert idle(later) is before


# what is counted, and said in the log


def counted(rig) -> dict[str, int]:
    return rig.counts("order")["idempotency"]


def test_a_key_that_is_new_is_not_counted(host) -> None:
    rig = host.worker()
    done(rig, post())
    assert counted(rig) == {}


def test_what_a_used_key_made_of_a_request_is_counted_and_logged(host, caplog) -> None:
    caplog.set_level("INFO", "facade.proxy")
    rig = host.worker()
    done(rig, post())
    ask(rig, post()).read()
    ask(rig, post()).read()
    ask(rig, post(body=b'{"a":2}')).read()
    ask(rig, post("running"))
    ask(rig, post("running")).read()
    done(host.worker(), post("large"), answer=LARGE)
    ask(rig, post("large")).read()
    assert counted(rig) == {
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


def test_what_is_not_kept_is_counted(make_rig) -> None:
    rig = make_rig(ROUTES.replace("STAGE", "new"))
    done(rig, post())
    assert counted(rig) == {"not kept": 1}

"""Requests with an `Idempotency-Key`: done once, whatever happens between them.

Two doors on one memory are two workers of a host.
"""

import json
import time
from pathlib import Path

import pytest

from facade.proxy.idempotency import keys as keys_module
from facade.runtime import memory as memory_module
from facade.runtime.keyring import ensure, in_folder

LEGACY, NEW = 1000, 2000
ROUTES = """
facade: {identity: {ask: /me}}
upstreams:
  legacy: {url: "http://legacy.test:1000"}
  fresh:  {url: "http://new.test:2000"}
routes:
  - {name: order, match: "* /order", new: fresh, stage: STAGE}
  - {name: plain, match: "POST /plain", stage: legacy}
  - {name: search, match: "POST /search", new: fresh, stage: new, safe: true}
"""
CREATED = (
    b"HTTP/1.1 201 Created\r\nContent-Type: application/json\r\nLocation: /order/7\r\n"
    b"Content-Length: 9\r\n\r\n"
    b'{"id": 7}'
)
LARGE = b"HTTP/1.1 201 Created\r\nContent-Length: %d\r\n\r\n%b" % (
    keys_module.MOST_ANSWER + 1,
    b"x" * (keys_module.MOST_ANSWER + 1),
)


def post(
    key: str = "k1", body: bytes = b'{"a":1}', path: str = "/order", cookie: str = "", *lines: str
) -> bytes:
    head = [f"POST {path} HTTP/1.1", "Host: a", f"Content-Length: {len(body)}", *lines]
    if key:
        head.append(f"Idempotency-Key: {key}")
    if cookie:
        head.append(f"Cookie: session={cookie}")
    return "\r\n".join(head).encode() + b"\r\n\r\n" + body


class Host:
    """The workers of one host, and the two sides."""

    def __init__(self, make_door, folder: Path) -> None:
        self._make = make_door
        self._folder = folder
        self.keys = in_folder(folder / "keys")
        ensure(self.keys)

    def worker(self, stage: str = "new", more: str = "", *, owner: str = ""):
        routes = ROUTES.replace("STAGE", stage) + more
        if owner:
            routes = routes.replace("new: fresh,", "new: fresh, domain: goods,")
            routes += f"domains: {{goods: {{owner: {owner}}}}}\n"
        return self._make(routes, self.keys, self._folder / "memory")


@pytest.fixture
def host(make_door, tmp_path: Path) -> Host:
    return Host(make_door, tmp_path)


def waiting(door, port: int):
    """The one request that waits on a side: its peer, and what was sent."""
    peers = [p for p in door.wire.dialled if p.transport.get_extra_info("peername")[1] == port]
    ((peer, sent),) = [(peer, sent) for peer in peers if (sent := peer.read())]
    return peer, sent


def idle(door) -> bool:
    return not any(peer.read() for peer in door.wire.dialled)


def ask(door, request: bytes):
    client = door.client()
    client.send(request)
    return client


def done(door, request: bytes, port: int = NEW, answer: bytes = CREATED) -> bytes:
    """Send a request, let a side answer it; returns what the client got."""
    client = ask(door, request)
    waiting(door, port)[0].send(answer)
    return client.read()


def status(data: bytes) -> int:
    return int(data.split(b" ", 2)[1])


# the same request, the first answer


def test_a_repeat_gets_the_first_answer_and_no_side_is_asked(host) -> None:
    door = host.worker()
    first = done(door, post())
    again = ask(door, post()).read()
    assert idle(door)
    assert status(first) == status(again) == 201
    assert again.endswith(b'{"id": 7}')
    assert b"Location: /order/7\r\n" in again
    assert b"Fig-Idempotency: replayed\r\n" in again
    assert b"Fig-Idempotency" not in first


@pytest.mark.parametrize(
    "stages", [("legacy", "new"), ("new", "legacy"), ("canary, percent: 0", "new")]
)
def test_also_across_a_flip(host, stages: tuple[str, str]) -> None:
    before, after = stages
    door = host.worker(before)
    done(door, post(), NEW if before == "new" else LEGACY)
    door.use(ROUTES.replace("STAGE", after))
    assert b"replayed" in ask(door, post()).read()
    assert idle(door)


def test_also_from_another_worker_and_after_a_restart(host) -> None:
    done(host.worker(), post())
    other = host.worker()
    assert b"replayed" in ask(other, post()).read()
    assert idle(other)


def test_also_when_the_new_side_declined_and_legacy_did_it(host) -> None:
    door = host.worker()
    client = ask(door, post())
    waiting(door, NEW)[0].send(
        b"HTTP/1.1 503 No\r\nFig-Declined: behind\r\nContent-Length: 0\r\n\r\n"
    )
    waiting(door, LEGACY)[0].send(CREATED)
    assert status(client.read()) == 201
    assert b"replayed" in ask(host.worker(), post()).read()


def test_also_while_both_sides_are_away(host) -> None:
    door = host.worker(more="")
    done(door, post())
    door.wire.refuse |= {LEGACY, NEW}
    for peer in door.wire.dialled:
        peer.vanish()
    for number in range(40):
        ask(door, post(f"other{number}"))
    assert door.breakers("fresh")["write"] == "open"
    assert b"replayed" in ask(door, post()).read()


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n3\r\ndef\r\n0\r\n\r\n",
        b"HTTP/1.1 204 No Content\r\n\r\n",
        b"HTTP/1.1 303 See Other\r\nLocation: /a\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 422 No\r\nContent-Length: 3\r\n\r\nbad",
        b"HTTP/1.1 200 OK\r\nContent-Length: 60000\r\n\r\n" + b"x" * 60_000,
    ],
    ids=["chunks", "nothing", "redirect", "refused", "large"],
)
def test_an_answer_is_the_same_in_status_lines_and_body(host, answer: bytes) -> None:
    door = host.worker()
    client = ask(door, post())
    waiting(door, NEW)[0].send(answer)
    first, again = client.read(), ask(door, post()).read()
    assert status(first) == status(again)
    assert (b"Location: /a" in first) == (b"Location: /a" in again)
    body = again.split(b"\r\n\r\n", 1)[1]
    assert body == {204: b"", 303: b"", 422: b"bad"}.get(status(first), body)
    if status(first) == 200:
        assert body in (b"abcdef", b"x" * 60_000)


def test_a_client_that_left_finds_the_answer_later(host) -> None:
    door = host.worker()
    client = ask(door, post())
    side, _sent = waiting(door, NEW)
    client.vanish()
    assert not side.ended, "the side goes on"
    assert status(ask(door, post()).read()) == 409
    side.send(CREATED)
    assert b"replayed" in ask(door, post()).read()
    assert door.counts("order")["requests"]["new"] == 1


# other requests


@pytest.mark.parametrize(
    "other",
    [
        post(body=b'{"a":2}'),
        post(path="/order?x=1"),
        post().replace(b"POST", b"PUT"),
    ],
    ids=["body", "query", "method"],
)
def test_another_request_with_the_key_is_refused(host, other: bytes) -> None:
    door = host.worker()
    done(door, post())
    assert status(ask(door, other).read()) == 422
    assert idle(door)


def test_one_that_is_running_is_not_sent_twice(host) -> None:
    door, other = host.worker(), host.worker()
    ask(door, post())
    assert status(ask(door, post()).read()) == 409
    assert status(ask(other, post()).read()) == 409
    assert idle(other)


@pytest.mark.parametrize("key", ["", " "])
def test_an_empty_key_is_refused(host, key: str) -> None:
    door = host.worker()
    head = post("x").replace(b"Idempotency-Key: x", b"Idempotency-Key:" + key.encode())
    assert status(ask(door, head).read()) == 400
    twice = post("x").replace(b"Host: a", b"Host: a\r\nIdempotency-Key: y")
    assert status(ask(door, twice).read()) == 400


def test_long_keys_are_not_cut(host) -> None:
    door = host.worker()
    done(door, post("k" * 300 + "1"))
    ask(door, post("k" * 300 + "2"))
    assert waiting(door, NEW)


# whose key it is


def person(door, email: str | None) -> None:
    """Legacy says whose session it is."""
    peer, sent = waiting(door, LEGACY)
    assert sent.startswith(b"GET /me ")
    body = b"{}" if email is None else json.dumps({"email": email, "name": ""}).encode()
    code = b"401 No" if email is None else b"200 OK"
    peer.send(b"HTTP/1.1 %b\r\nContent-Length: %d\r\n\r\n" % (code, len(body)) + body)


def test_another_session_of_the_same_person_gets_the_first_answer(host) -> None:
    door = host.worker()
    client = ask(door, post(cookie="s1"))
    person(door, "sara@shop.test")
    waiting(door, NEW)[0].send(CREATED)
    client.read()
    again = ask(door, post(cookie="s2"))
    person(door, "sara@shop.test")
    assert b"replayed" in again.read()


@pytest.mark.parametrize("email", ["tom@shop.test", None])
def test_another_person_has_keys_of_his_own(host, email: str | None) -> None:
    door = host.worker()
    ask(door, post(cookie="s1"))
    person(door, "sara@shop.test")
    waiting(door, NEW)[0].send(CREATED)
    ask(door, post(cookie="s2"))
    person(door, email)
    assert waiting(door, NEW), "it is sent"


def test_without_a_word_of_legacy_nothing_is_sent(host) -> None:
    door = host.worker()
    client = ask(door, post(cookie="s1"))
    waiting(door, LEGACY)[0].send(b"HTTP/1.1 500 No\r\nContent-Length: 0\r\n\r\n")
    assert status(client.read()) == 503
    assert idle(door)


def test_credentials_in_a_header_tell_persons_apart(host) -> None:
    door = host.worker()
    request = post().replace(b"Host: a", b"Host: a\r\nAuthorization: Bearer one")
    done(door, request)
    assert b"replayed" in ask(door, request).read()
    ask(door, request.replace(b"one", b"two"))
    assert waiting(door, NEW)


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

"""Requests with an `Idempotency-Key`: done once, whatever happens between them.

Two rigs on one memory are two workers of a host.
"""

import json

import pytest

from tests.rigs.facade.workers.keyed import (
    CREATED,
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


def test_a_repeat_gets_the_first_answer_and_no_side_is_asked(host) -> None:
    rig = host.worker()
    first = done(rig, post())
    again = ask(rig, post()).read()
    assert idle(rig)
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
    rig = host.worker(before)
    done(rig, post(), NEW if before == "new" else LEGACY)
    rig.use(ROUTES.replace("STAGE", after))
    assert b"replayed" in ask(rig, post()).read()
    assert idle(rig)


def test_also_from_another_worker_and_after_a_restart(host) -> None:
    done(host.worker(), post())
    other = host.worker()
    assert b"replayed" in ask(other, post()).read()
    assert idle(other)


def test_also_when_the_new_side_declined_and_legacy_did_it(host) -> None:
    rig = host.worker()
    client = ask(rig, post())
    waiting(rig, NEW)[0].send(
        b"HTTP/1.1 503 No\r\nFig-Declined: behind\r\nContent-Length: 0\r\n\r\n"
    )
    waiting(rig, LEGACY)[0].send(CREATED)
    assert status(client.read()) == 201
    assert b"replayed" in ask(host.worker(), post()).read()


def test_also_while_both_sides_are_away(host) -> None:
    rig = host.worker(more="")
    done(rig, post())
    rig.wire.refuse |= {LEGACY, NEW}
    for peer in rig.wire.dialled:
        peer.vanish()
    for number in range(40):
        ask(rig, post(f"other{number}"))
    assert rig.breakers("fresh")["write"] == "open"
    assert b"replayed" in ask(rig, post()).read()


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
    rig = host.worker()
    client = ask(rig, post())
    waiting(rig, NEW)[0].send(answer)
    first, again = client.read(), ask(rig, post()).read()
    assert status(first) == status(again)
    assert (b"Location: /a" in first) == (b"Location: /a" in again)
    body = again.split(b"\r\n\r\n", 1)[1]
    assert body == {204: b"", 303: b"", 422: b"bad"}.get(status(first), body)
    if status(first) == 200:
        assert body in (b"abcdef", b"x" * 60_000)


def test_a_client_that_left_finds_the_answer_later(host) -> None:
    rig = host.worker()
    client = ask(rig, post())
    side, _sent = waiting(rig, NEW)
    client.vanish()
    assert not side.ended, "the side goes on"
    assert status(ask(rig, post()).read()) == 409
    side.send(CREATED)
    assert b"replayed" in ask(rig, post()).read()
    assert rig.counts("order")["requests"]["new"] == 1


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
    rig = host.worker()
    done(rig, post())
    assert status(ask(rig, other).read()) == 422
    assert idle(rig)


def test_one_that_is_running_is_not_sent_twice(host) -> None:
    rig, other = host.worker(), host.worker()
    ask(rig, post())
    assert status(ask(rig, post()).read()) == 409
    assert status(ask(other, post()).read()) == 409
    assert idle(other)


@pytest.mark.parametrize("key", ["", " "])
def test_an_empty_key_is_refused(host, key: str) -> None:
    rig = host.worker()
    head = post("x").replace(b"Idempotency-Key: x", b"Idempotency-Key:" + key.encode())
    assert status(ask(rig, head).read()) == 400
    twice = post("x").replace(b"Host: a", b"Host: a\r\nIdempotency-Key: y")
    assert status(ask(rig, twice).read()) == 400


def test_long_keys_are_not_cut(host) -> None:
    rig = host.worker()
    done(rig, post("k" * 300 + "1"))
    ask(rig, post("k" * 300 + "2"))
    assert waiting(rig, NEW)


# whose key it is


def person(rig, email: str | None) -> None:
    """Legacy says whose session it is."""
    peer, sent = waiting(rig, LEGACY)
    assert sent.startswith(b"GET /me ")
    body = b"{}" if email is None else json.dumps({"email": email, "name": ""}).encode()
    code = b"401 No" if email is None else b"200 OK"
    peer.send(b"HTTP/1.1 %b\r\nContent-Length: %d\r\n\r\n" % (code, len(body)) + body)


def test_another_session_of_the_same_person_gets_the_first_answer(host) -> None:
    rig = host.worker()
    client = ask(rig, post(cookie="s1"))
    person(rig, "sara@shop.test")
    waiting(rig, NEW)[0].send(CREATED)
    client.read()
    again = ask(rig, post(cookie="s2"))
    person(rig, "sara@shop.test")
    assert b"replayed" in again.read()


@pytest.mark.parametrize("email", ["tom@shop.test", None])
def test_another_person_has_keys_of_his_own(host, email: str | None) -> None:
    rig = host.worker()
    ask(rig, post(cookie="s1"))
    person(rig, "sara@shop.test")
    waiting(rig, NEW)[0].send(CREATED)
    ask(rig, post(cookie="s2"))
    person(rig, email)
    assert waiting(rig, NEW), "it is sent"


def test_without_a_word_of_legacy_nothing_is_sent(host) -> None:
    rig = host.worker()
    client = ask(rig, post(cookie="s1"))
    waiting(rig, LEGACY)[0].send(b"HTTP/1.1 500 No\r\nContent-Length: 0\r\n\r\n")
    assert status(client.read()) == 503
    assert idle(rig)


def test_credentials_in_a_header_tell_persons_apart(host) -> None:
    rig = host.worker()
    request = post().replace(b"Host: a", b"Host: a\r\nAuthorization: Bearer one")
    done(rig, request)
    assert b"replayed" in ask(rig, request).read()
    ask(rig, request.replace(b"one", b"two"))
    assert waiting(rig, NEW)

"""The codec against the monolith's own: each reads what the other writes, and refuses the same."""

import json
import uuid
from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask
from flask.sessions import SecureCookieSessionInterface
from hypothesis import given
from hypothesis import strategies as st
from itsdangerous import URLSafeTimedSerializer
from markupsafe import Markup

from legacy_monolith.app import create_app
from legacy_monolith.settings import Settings
from new_services.accounts.session import (
    CLOCKS_APART_SECONDS,
    LIFE_SECONDS,
    Session,
    SessionCodec,
    logged_in,
)
from tests.rigs.clock import Clock

KEY = "k" * 32
NOW = 1_790_000_000.0
APP: Flask = create_app(Settings(database_url="postgresql://u@localhost:1/db", secret_key=KEY))


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """One clock for both sides."""
    made = Clock(NOW)
    monkeypatch.setattr("itsdangerous.timed.time.time", made)
    return made


@pytest.fixture
def codec(clock: Clock) -> SessionCodec:
    return SessionCodec(KEY, clock)


def theirs() -> URLSafeTimedSerializer:
    made = SecureCookieSessionInterface().get_signing_serializer(APP)
    assert made is not None
    return made


def they_write(content: dict[str, Any]) -> str:
    with APP.app_context():
        value = theirs().dumps(content)
    return value if isinstance(value, str) else value.decode()


def they_read(cookie: str) -> dict[str, Any]:
    """As a request of theirs has it: also what counts no more is an empty session."""
    with APP.test_request_context(headers={"cookie": f"session={cookie}"}) as context:
        context.push()
        found = dict(context.session or {})
        context.pop()
    return found


TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
LEAF = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | TEXT
    | st.binary(max_size=20)
    | st.uuids()
    | st.datetimes(timezones=st.just(UTC)).map(lambda at: at.replace(microsecond=0))
    | TEXT.map(Markup)
)
KEYS = TEXT | st.sampled_from([" t", " b", " di", " d", " u", " m", "uid", "csrf", "_permanent"])
VALUES = st.recursive(
    LEAF,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.lists(inner, max_size=3).map(tuple)
        | st.dictionaries(KEYS, inner, max_size=3)
    ),
    max_leaves=6,
)
CONTENTS = st.dictionaries(KEYS, VALUES, max_size=4)


@given(CONTENTS)
def test_whatever_the_monolith_keeps_survives_a_new_signature(content: dict[str, Any]) -> None:
    codec = SessionCodec(KEY, lambda: NOW)
    with APP.app_context():
        first = _written_at(NOW, content)
        again = codec.write(codec.read(first))
        assert theirs().loads(again) == theirs().loads(first)
    assert codec.read(again).content.keys() == content.keys()


def _written_at(at: float, content: dict[str, Any]) -> str:
    """The bytes that they write at this time."""
    serializer = theirs()
    signer = serializer.make_signer(serializer.salt)
    signer.get_timestamp = lambda: int(at)  # type: ignore[attr-defined, method-assign]
    return signer.sign(serializer.dump_payload(content)).decode()


@given(st.integers(min_value=1, max_value=2**31), TEXT)
def test_both_sides_write_the_same_bytes(uid: int, csrf: str) -> None:
    content = {"uid": uid, "csrf": csrf}
    with APP.app_context():
        wanted = _written_at(NOW, content)
    assert SessionCodec(KEY, lambda: NOW).write(Session(content)) == wanted


def test_a_vector_of_the_monolith(codec: SessionCodec) -> None:
    cookie = they_write({"uid": 17, "csrf": "abc"})
    assert cookie.startswith("eyJ1aWQiOjE3LCJjc3JmIjoiYWJjIn0.")
    found = codec.read(cookie)
    assert (found.customer_id, found.csrf, found.signed) == (17, "abc", int(NOW))


def test_a_login_here_is_one_there_and_a_token_too(codec: SessionCodec) -> None:
    begun = logged_in(17)
    assert they_read(codec.write(begun)) == {"uid": 17, "csrf": begun.csrf}
    stranger = Session().with_token()
    assert they_read(codec.write(stranger)) == {"csrf": stranger.csrf}
    assert stranger.with_token() is stranger


def test_a_long_session_is_compressed_on_either_side(codec: SessionCodec) -> None:
    content = {"csrf": "a", "note": "ö" * 500}
    cookie = they_write(content)
    assert cookie.startswith(".")
    assert dict(codec.read(cookie).content) == content
    assert codec.write(Session(content)).startswith(".")
    assert they_read(codec.write(Session(content))) == content


TAGGED = {
    "pair": (1, (2, "x")),
    "raw": b"\0\xff",
    "safe": Markup("<b>"),
    "id": uuid.UUID(int=5),
    "at": datetime(2026, 7, 1, 12, 0, 0, tzinfo=UTC),
    "looks": {" t": [1]},
    "list": [{" b": "x"}, ()],
}


@pytest.mark.parametrize("key", TAGGED)
def test_a_token_added_here_leaves_the_rest_as_it_was(codec: SessionCodec, key: str) -> None:
    there = {key: TAGGED[key]}
    found = codec.read(they_write(there)).with_token()
    assert they_read(codec.write(found)) == {**there, "csrf": found.csrf}


def test_a_session_whose_only_key_looks_like_a_tag(codec: SessionCodec) -> None:
    for key in (" t", " di", " d"):
        found = codec.read(they_write({key: 1}))
        assert dict(found.content) == {key: 1}
        assert they_read(codec.write(found)) == {key: 1}
        assert they_read(codec.write(found.with_token())).keys() == {key, "csrf"}


def _tampered(cookie: str) -> str:
    payload, rest = cookie.split(".", 1)
    return f"{payload[:-1]}{'A' if payload[-1] != 'A' else 'B'}.{rest}"


def _signed(
    payload: Any, secret: str = KEY, salt: str = "cookie-session", derivation: str = "hmac"
) -> str:
    arguments = {"key_derivation": derivation}
    return str(URLSafeTimedSerializer(secret, salt=salt, signer_kwargs=arguments).dumps(payload))


# name: makes a cookie's value; each is a stranger's on both sides
STRANGERS = {
    "nothing": lambda: "",
    "words": lambda: "hello",
    "dots": lambda: "...",
    "a dot before it": lambda: "." + they_write({"uid": 1}),
    "no signature": lambda: they_write({"uid": 1}).rpartition(".")[0],
    "half a signature": lambda: they_write({"uid": 1})[:-5],
    "tampered": lambda: _tampered(they_write({"uid": 1})),
    "another secret": lambda: _signed({"uid": 1}, secret="x" * 32),
    "another salt": lambda: _signed({"uid": 1}, salt="other"),
    "no derivation": lambda: _signed({"uid": 1}, derivation="none"),
    "umlauts": lambda: "äöü.ß.é",
    "blanks": lambda: "  ",
    "very long": lambda: "A" * 100_000,
}


@pytest.mark.parametrize("name", STRANGERS)
def test_what_is_no_session_of_ours_is_a_strangers(codec: SessionCodec, name: str) -> None:
    cookie = STRANGERS[name]()
    found = codec.read(cookie)
    assert (found.customer_id, found.csrf, dict(found.content)) == (None, "", {})
    if cookie.isascii():
        assert they_read(cookie) == {}
    assert codec.read(None) == found


@pytest.mark.parametrize("payload", [[1], "text", 17, None, True])
def test_what_is_signed_and_no_object_is_a_strangers(codec: SessionCodec, payload: Any) -> None:
    """The monolith answers 500 to some of these; nobody but itself could make one."""
    assert codec.read(_signed({"uid": 1})).customer_id == 1
    assert dict(codec.read(_signed(payload)).content) == {}


@pytest.mark.parametrize("uid", ["17", 1.0, True, None, [17]])
def test_a_customer_is_a_whole_number(codec: SessionCodec, uid: object) -> None:
    assert codec.read(they_write({"uid": uid, "csrf": "a"})).customer_id is None


@pytest.mark.parametrize("permanent", [False, True])
def test_a_cookie_counts_for_31_days_from_its_own_time(
    codec: SessionCodec, clock: Clock, permanent: bool
) -> None:
    content: dict[str, Any] = {"uid": 17, "csrf": "a"}
    if permanent:
        content["_permanent"] = True
    cookie = they_write(content)
    for age, counts in ((LIFE_SECONDS, True), (LIFE_SECONDS + 1, False)):
        clock.now = NOW + age
        assert (codec.read(cookie).customer_id == 17) is counts
        assert (they_read(cookie).get("uid") == 17) is counts


def test_clocks_may_be_a_little_apart(codec: SessionCodec, clock: Clock) -> None:
    cookie = they_write({"uid": 17})
    clock.now = NOW - CLOCKS_APART_SECONDS
    assert codec.read(cookie).customer_id == 17
    clock.now -= 1
    assert codec.read(cookie).customer_id is None


@pytest.mark.parametrize("content", [{"uid": 1, "csrf": "a"}, {"_permanent": True, "uid": 1}, {}])
def test_the_cookie_is_given_as_the_monolith_gives_it(
    codec: SessionCodec, clock: Clock, content: dict[str, Any]
) -> None:
    with APP.test_request_context() as context:
        context.push()
        made = context.session
        assert made is not None
        made["x"] = 1
        made.clear()
        made.update(content)
        answer = APP.response_class()
        APP.session_interface.save_session(APP, made, answer)
        context.pop()
    wanted = answer.headers["Set-Cookie"]
    ours = codec.set_cookie(Session(content))
    if content.get("_permanent"):  # Flask reads another clock for the end
        wanted, ours = (text.partition("Expires=")[0] for text in (wanted, ours))
        assert json.dumps(wanted) == json.dumps(ours)
    assert ours == wanted

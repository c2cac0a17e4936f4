"""What is read from a session of the monolith: the monolith itself writes it here."""

import zlib
from base64 import urlsafe_b64encode

import orjson
import pytest
from flask import Flask
from flask.sessions import SecureCookieSessionInterface

from chassis.web.sealed import NotSealed
from new_services.anticorruption.session import LARGEST, token_in


def cookie(**session: object) -> str:
    app = Flask("monolith")
    app.secret_key = "k" * 32
    serializer = SecureCookieSessionInterface().get_signing_serializer(app)
    assert serializer is not None
    return str(serializer.dumps(session))


@pytest.mark.parametrize("more", [{}, {"note": "ü" * 2000}])
def test_the_token_of_the_forms_is_found_also_where_it_is_compressed(more: dict[str, str]) -> None:
    value = cookie(uid=7, csrf="t0ken-_", **more)
    assert value.startswith(".") == bool(more)
    assert token_in(f"session={value}") == "t0ken-_"


@pytest.mark.parametrize(("size", "read"), [(LARGEST, True), (LARGEST + 1, False)])
def test_a_compressed_session_is_read_up_to_its_largest_size(size: int, read: bool) -> None:
    """Some kilobytes can decompress to gigabytes."""
    empty = len(orjson.dumps({"csrf": "t", "x": ""}))
    raw = orjson.dumps({"csrf": "t", "x": "a" * (size - empty)})
    value = "." + urlsafe_b64encode(zlib.compress(raw)).decode().rstrip("=") + ".time.signature"
    if read:
        assert token_in(f"session={value}") == "t"
        return
    with pytest.raises(NotSealed):
        token_in(f"session={value}")


# A session is signed with its time: as the name of a test it would be another one every second.
NO_TOKEN = pytest.param(cookie(uid=7), id="no token")


@pytest.mark.parametrize(
    "value", ["", ".", "x", ".x", "bm8.1.2", "W10.1.2", "=.=", NO_TOKEN, "." + "A" * 40]
)
def test_what_is_no_session_is_refused(value: str) -> None:
    with pytest.raises(NotSealed):
        token_in(f"session={value}")

"""A session from long ago, as the monolith's own framework reads it."""

from flask import Flask
from flask.wrappers import Request
from werkzeug.test import EnvironBuilder

from loadtests.chaos.faults.session import ending


def read(secret: str, cookie: str) -> dict:
    app = Flask("shop")
    app.config["SECRET_KEY"] = secret
    request = Request(EnvironBuilder(headers={"Cookie": f"session={cookie}"}).get_environ())
    return dict(app.session_interface.open_session(app, request) or {})


def test_it_is_believed_for_a_while():
    assert read("s" * 48, ending("s" * 48, 7, 60.0))["uid"] == 7


def test_then_it_has_ended():
    assert read("s" * 48, ending("s" * 48, 7, -2.0)) == {}


def test_another_key_signs_nothing():
    assert read("s" * 48, ending("t" * 48, 7, 60.0)) == {}

"""A Flask application's URL map: asked in a process of its own, and as templates."""

import sys
from pathlib import Path

import pytest

from facade.draft.application import NoApplication, ask, template_of

APP = """
from flask import Flask

print("noise while it is imported")


def create_app():
    app = Flask(__name__)
    app.config["SESSION_COOKIE_NAME"] = "shop"
    app.add_url_rule("/orders/<int:number>", "order", lambda number: "", methods=["GET", "PUT"])
    app.add_url_rule("/a/<path:p>/b", "middle", lambda p: "")
    return app


app = create_app()
"""


@pytest.mark.parametrize("target", ["shop:app", "shop:create_app()"])
def test_rules_and_the_session_cookie(
    target: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "shop.py").write_text(APP)
    monkeypatch.chdir(tmp_path)
    found = ask(target, sys.executable)
    assert found.session_cookie == "shop"
    assert set(found.rules) == {
        ("GET", "/orders/{number}"), ("PUT", "/orders/{number}"), ("GET", "/static/{filename*}"),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("target", "python", "words"),
    [
        ("gone:app", sys.executable, "cannot import gone:app"),
        ("gone:app", "/no/such/python", "cannot ask gone:app"),
        ("json:loads", sys.executable, "cannot import json:loads"),
    ],
)
def test_what_cannot_be_imported_is_said(
    target: str, python: str, words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(NoApplication, match=words):
        ask(target, python)


@pytest.mark.parametrize(
    ("rule", "template"),
    [
        ("/", "/"),
        ("/a/", "/a/"),
        ("/orders/<int:number>", "/orders/{number}"),
        ("/orders/<number>.json", "/orders/{number}"),
        ("/<a>/<a_b>", "/{a}/{a_b}"),
        ("/x/<string(length=2):code>", "/x/{code}"),
        ("/files/<path:name>", "/files/{name*}"),
        ("/files/<path:name>/raw", None),
    ],
)
def test_a_rule_as_a_template(rule: str, template: str | None) -> None:
    assert template_of(rule) == template

"""Files of traffic, by what is in them."""

import gzip
import json
from pathlib import Path

import pytest

from facade.draft.seen import Seen
from facade.draft.traffic import NothingSeen, names_of, read, set_cookies

LINE = '1.2.3.4 - - [x] "GET /reports/{} HTTP/1.1" 200 10\n'


def nobody() -> Path:
    raise AssertionError("mitmproxy is not needed for this file")


def test_an_access_log_plain_and_compressed(tmp_path: Path) -> None:
    text = LINE.format(1) + "noise\n" + LINE.format(2)
    (tmp_path / "access.log").write_text(text)
    (tmp_path / "access.log.1.gz").write_bytes(gzip.compress(text.encode()))
    wanted = [Seen("GET", f"/reports/{n}", 200, size=10) for n in (1, 2)]
    assert read(tmp_path / "access.log", nobody) == wanted
    assert read(tmp_path / "access.log.1.gz", nobody) == wanted


def test_a_har_file_says_more(tmp_path: Path) -> None:
    entry = {
        "startedDateTime": "2026-11-30T10:00:00Z", "time": 3,
        "request": {"method": "GET", "url": "http://shop.example/reports/1?x=2", "headers": [
            {"name": "Cookie", "value": "sid=abc; theme=dark"}]},
        "response": {"status": 200, "content": {"text": "hello", "size": 5}, "headers": [
            {"name": "Content-Type", "value": "text/html; charset=utf-8"},
            {"name": "Set-Cookie", "value": "sid=def; Path=/; HttpOnly"}]},
    }  # fmt: skip
    file = tmp_path / "browser.har"
    file.write_text(json.dumps({"log": {"entries": [entry]}}))
    assert read(file, nobody) == [
        Seen("GET", "/reports/1", 200, "text/html", 5, ("sid", "theme"), ("sid",), ("sid",))
    ]


@pytest.mark.parametrize("content", ["", "no log of requests\n"])
def test_a_file_without_a_request_is_named(content: str, tmp_path: Path) -> None:
    (tmp_path / "app.log").write_text(content)
    with pytest.raises(NothingSeen, match=r"no request found in .*app\.log: expected an access"):
        read(tmp_path / "app.log", nobody)
    with pytest.raises(NothingSeen, match=r"cannot read .*gone\.log: No such file"):
        read(tmp_path / "gone.log", nobody)


def test_names_of_cookies() -> None:
    assert names_of("a=1; b=2=3;c; =x; d=") == ["a", "b", "d"]
    assert set_cookies(["a=1; HttpOnly; Path=/", "b=2", "; x", "c=; httponly"]) == (
        ("a", "b", "c"), ("a", "c"),
    )  # fmt: skip

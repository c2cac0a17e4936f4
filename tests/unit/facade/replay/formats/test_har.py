"""HAR files as browsers write them; those that end early; those that are none."""

import base64
import json
from typing import Any

import pytest

from facade.compare.answers import Answer
from facade.compare.bodies.charsets import text_of
from facade.replay.formats.har import exchanges
from facade.replay.formats.recorded import Exchange, FileEnd


def entry(**changes: Any) -> dict[str, Any]:
    request = {
        "method": "get",
        "url": "https://shop.example/products/B-1?q=%C3%A4&x=1#top",
        "headers": [
            {"name": ":authority", "value": "shop.example"},
            {"name": "Accept", "value": "*/*"},
        ],
    }
    response = {
        "status": 200,
        "headers": [
            {"name": "Content-Type", "value": "application/json"},
            {"name": "Content-Encoding", "value": "br"},
            {"name": "Content-Length", "value": "7"},
        ],
        "content": {"size": 8, "text": '{"ä":1}'},
    }
    return {
        "startedDateTime": "2026-06-01T10:00:00.500Z",
        "time": 12.5,
        "request": request,
        "response": response,
    } | changes


def har(*entries: dict[str, Any]) -> str:
    return json.dumps({"log": {"version": "1.2", "entries": list(entries)}}, indent=2)


def test_an_entry_becomes_an_exchange() -> None:
    one, end = exchanges(har(entry()), "x.har", first=7)
    assert one == Exchange(
        number=7,
        started=1780308000.5,
        method="GET",
        target="/products/B-1?q=%C3%A4&x=1",
        headers=(("host", "shop.example"), ("accept", "*/*")),
        body=b"",
        answer=Answer(200, (("content-type", "application/json"),), '{"ä":1}'.encode(), 12.5),
    )
    assert end == FileEnd("x.har", 1)


@pytest.mark.parametrize(
    ("posted", "body"),
    [
        ({"mimeType": "application/json", "text": '{"a":1}'}, b'{"a":1}'),
        ({"params": [{"name": "q", "value": "a b"}, {"name": "flag"}]}, b"q=a+b&flag="),
        (None, b""),
    ],
)
def test_what_was_posted(posted: dict[str, Any] | None, body: bytes) -> None:
    request = entry()["request"] | {"method": "POST", "postData": posted}
    one, _ = exchanges(har(entry(request=request)), "x.har")
    assert isinstance(one, Exchange) and one.body == body


def test_bodies_in_base64_and_bodies_that_were_not_kept() -> None:
    picture = {"size": 3, "text": base64.b64encode(b"\xff\xd8\x00").decode(), "encoding": "base64"}
    answers = [
        entry(response={"status": 200, "content": picture}),
        entry(response={"status": 200, "content": {"size": 900}}),
        entry(response={"status": 304, "content": {"size": 0}}),
        entry(response={"status": 0, "content": {}}),
    ]
    *found, _ = exchanges(har(*answers), "x.har")
    bodies = [one.answer and one.answer.body for one in found if isinstance(one, Exchange)]
    assert bodies == [b"\xff\xd8\x00", None, b"", None]


def test_a_file_that_ends_early_yields_its_whole_entries() -> None:
    text = har(entry(), entry(), entry())
    for cut in (len(text) - 10, len(text) * 5 // 6, len(text) // 2):
        *found, end = exchanges(text[:cut], "x.har")
        assert isinstance(end, FileEnd)
        assert end.exchanges == len(found)
        whole = text[:cut].count('"size"') - (text[:cut].count('"size"') > len(found))
        assert end.broken is None or "ends in the middle" in end.broken
        assert len(found) >= whole - 1
    *found, end = exchanges(text[: len(text) // 2], "x.har")
    assert len(found) == 1
    assert end == FileEnd("x.har", 1, "the file ends in the middle of an entry")


def test_an_entry_without_what_is_needed_is_left_out_and_said() -> None:
    *found, end = exchanges(har(entry(), {"request": {}}, entry()), "x.har")
    assert [one.number for one in found if isinstance(one, Exchange)] == [1, 2]
    assert isinstance(end, FileEnd)
    assert end.exchanges == 2
    assert end.broken is not None and "entry 2" in end.broken


@pytest.mark.parametrize("text", ["", "{}", '{"log": {}}', "GET / HTTP/1.1", "[1, 2]"])
def test_what_is_no_har_file(text: str) -> None:
    assert list(exchanges(text, "x.har")) == [
        FileEnd("x.har", 0, "no HAR file: it has no 'entries'")
    ]


def test_a_file_without_traffic() -> None:
    assert list(exchanges(har(), "x.har")) == [FileEnd("x.har", 0)]


def left_out(*entries: dict[str, Any], title: str = "", hosts: tuple[str, ...] = ()) -> list[str]:
    pages = [{"id": "page_1", "title": title}] if title else []
    text = json.dumps({"log": {"version": "1.2", "pages": pages, "entries": list(entries)}})
    *found, _ = exchanges(text, "x.har", hosts=hosts)
    return [one.left_out for one in found if isinstance(one, Exchange)]


def to(url: str, **changes: Any) -> dict[str, Any]:
    return entry(request=entry()["request"] | {"url": url}, **changes)


def test_only_the_applications_own_hosts_are_asked() -> None:
    entries = [
        to("https://shop.example/a"), to("https://SHOP.example/b"), to("https://cdn.example/c"),
        to("https://shop.example:8443/d"), to("https://shop.example.evil.test/e"),
    ]  # fmt: skip
    other = "of other hosts"
    assert left_out(*entries) == ["", "", other, other, other], "by the first request"
    by_page = left_out(*entries, title="https://cdn.example/start")
    assert by_page == [other, other, "", other, other], "by the page the file is about"
    both = left_out(*entries, title="https://shop.example/", hosts=("cdn.example",))
    assert both == ["", "", "", other, other]
    assert left_out(*entries, title="My shop")[:3] == ["", "", other], "a title that is no address"


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"url": "wss://shop.example/ws"}, "of sockets"),
        ({"url": "ws://shop.example/ws"}, "of sockets"),
        ({"_webSocketMessages": []}, "of sockets"),
        ({"_resourceType": "websocket"}, "of sockets"),
        ({"response": {"status": 101}}, "of sockets"),
        ({"url": "data:text/plain,x"}, "of other hosts"),
        ({"url": "blob:https://shop.example/1"}, "of other hosts"),
        ({"url": "chrome-extension://abc/x.js"}, "of other hosts"),
        ({"response": {"status": 0}}, "that the browser gave up"),
        ({"response": {"status": 200, "_error": "net::ERR_ABORTED"}}, "that the browser gave up"),
        ({"_error": "NS_BINDING_ABORTED"}, "that the browser gave up"),
        ({}, ""),
    ],
)
def test_what_is_never_asked_again(changes: dict[str, Any], why: str) -> None:
    more = {key: value for key, value in changes.items() if key != "url"}
    found = left_out(
        to(changes.get("url", "https://shop.example/"), **more), hosts=("shop.example",)
    )
    assert found == [why]


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("text/html; charset=iso-8859-1", "<p>Größe</p>"),
        ("text/html", '<meta charset="iso-8859-1"><p>Größe</p>'),
        ("application/json; charset=utf-16", '{"a": "Größe"}'),
        ("text/plain; charset=shift_jis", "サイズ"),
        ("text/html; charset=utf-8", "<p>Größe</p>"),
        ("text/plain; charset=us-ascii", "plain"),
    ],
)
def test_a_text_is_decoded_already_whatever_its_headers_say(kind: str, text: str) -> None:
    headers = [{"name": "Content-Type", "value": kind}, {"name": "Content-Encoding", "value": "br"}]
    answer = {"status": 200, "headers": headers, "content": {"text": text, "size": 9}}
    one, _ = exchanges(har(entry(response=answer)), "x.har")
    assert isinstance(one, Exchange) and one.answer is not None
    assert one.answer.header("content-encoding") == ""
    page = "html" in kind
    assert text_of(one.answer.body, kind, page=page).removeprefix("\ufeff") == text

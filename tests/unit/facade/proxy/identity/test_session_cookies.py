"""One session is one client, however its framework writes the cookie."""

import re

import pytest

ROUTES = """
facade: {%s}
upstreams:
  legacy: {url: "http://legacy.test:1000"}
  fresh:  {url: "http://new.test:2000"}
routes:
  - {name: half, match: "* /half", new: fresh, stage: canary, percent: 50, key: [session]}
  - {name: moved, match: "* /moved", new: fresh, stage: new, key: [session]}
  - {name: named, match: "* /named", new: fresh, stage: canary, percent: 50, key: ["cookie:t"]}
"""
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nSet-Cookie: a=b\r\n\r\n"


def ask(rig, path: str, cookie: str) -> tuple[int, bytes]:
    """The port of the side that was asked, and the answer."""
    client = rig.client()
    lines = f"Cookie: {cookie}\r\n" if cookie else ""
    client.send(f"GET {path} HTTP/1.1\r\nHost: a\r\n{lines}\r\n".encode())
    for peer in rig.wire.dialled:
        if peer.read():
            peer.send(OK)
            port = peer.transport.get_extra_info("peername")[1]
            return port, client.read()
    raise AssertionError("nobody was asked")


@pytest.mark.parametrize("path", ["/half", "/named"])
@pytest.mark.parametrize("form", ["t=chunks-2; tC1={n}; tC2=z", "t.0=a; t.1={n}", "t=a; t={n}"])
def test_clients_whose_cookie_is_cut_do_not_share_a_bucket(make_rig, path, form) -> None:
    rig = make_rig(ROUTES % "session_cookie: t")
    sides = {n: ask(rig, path, form.format(n=n))[0] for n in range(40)}
    assert set(sides.values()) == {1000, 2000}
    again = {n: ask(rig, path, form.format(n=n))[0] for n in range(40)}
    assert again == sides


def given(answer: bytes) -> str | None:
    found = re.search(rb"\r\nSet-Cookie: fig_client=([0-9a-f]{32}); Max-Age=\d+; Path=/", answer)
    return None if found is None else found[1].decode()


@pytest.mark.parametrize("preset", ["laravel", "rails", "aspnet", "flask"])
def test_a_client_whose_cookie_changes_stays_where_it_is(make_rig, preset) -> None:
    name = {"laravel": "laravel_session", "rails": "_a_session", "flask": "session"}
    cookie = name.get(preset, ".AspNetCore.Cookies")
    rig = make_rig(ROUTES % f"session: {{preset: {preset}}}")
    for client in range(20):
        side, answer = ask(rig, "/half", f"{cookie}=first{client}")
        ours = given(answer)
        assert ours is not None
        for turn in range(10):
            changed = f"{cookie}=other{client}.{turn}; fig_client={ours}"
            assert ask(rig, "/half", changed) == (side, answer_without_ours(answer))


def answer_without_ours(answer: bytes) -> bytes:
    return re.sub(rb"Set-Cookie: fig_client=[^\r]*\r\n", b"", answer)


@pytest.mark.parametrize(
    ("options", "path", "cookie"),
    [
        ("session: {preset: laravel}", "/moved", "laravel_session=a"),
        ("session: {preset: laravel}", "/elsewhere", "laravel_session=a"),
        ("session: {preset: laravel}", "/half", ""),
        ("session: {preset: laravel}", "/named", "t=a"),
        ("session: {preset: laravel, sticky: false}", "/half", "laravel_session=a"),
        ("session: {preset: django}", "/half", "sessionid=a"),
        ("session_cookie: sessionid", "/half", "sessionid=a"),
    ],
)
def test_our_cookie_is_given_only_where_it_decides(make_rig, options, path, cookie) -> None:
    rig = make_rig(ROUTES % options)
    assert given(ask(rig, path, cookie)[1]) is None


def test_our_cookie_can_be_wanted_of_any_framework(make_rig) -> None:
    rig = make_rig(ROUTES % "session: {preset: django, sticky: true}")
    assert given(ask(rig, "/half", "sessionid=a")[1]) is not None

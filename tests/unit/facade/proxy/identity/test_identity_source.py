"""Which upstream says who is asking, and which new side sees the session's cookie."""

from typing import Any

import pytest

from facade.runtime.keyring import KeyFiles, ensure, in_folder
from tests.rigs.facade.workers.introducing import LEGACY, SARA, Shop, fields, get, ok, post

ROUTES = """
facade: {{identity: {{ask: /api/me, forget_on: [login, logout], keep_silent: 2m}}}}
upstreams:
  legacy:   {{url: "http://legacy.test:1000"}}
  accounts: {{url: "http://accounts.test:3000", session_cookie: keep, host: accounts.test}}
  pages:    {{url: "http://pages.test:4000", session_cookie: keep}}
  orders:   {{url: "http://orders.test:2000"}}
routes:
  - {{name: me, match: "GET /api/me", new: accounts, stage: {me}}}
  - {{name: login, match: "POST /login", new: accounts, stage: {login}}}
  - {{name: logout, match: "POST /logout", new: accounts, stage: {login}}}
  - {{name: mine, match: "GET /mine", new: orders, stage: new, needs: [identity]}}
  - {{name: order, match: "POST /order", new: orders, stage: new, needs: [session]}}
  - {{name: page, match: "GET /page", new: pages, stage: new, needs: [session]}}
  - {{name: copied, match: "GET /copied", new: pages, stage: shadow, compare: {{sample: 100%}}}}
  - {{name: hidden, match: "GET /hidden", new: orders, stage: shadow, compare: {{sample: 100%}}}}
"""
ORDERS, ACCOUNTS, PAGES = 2000, 3000, 4000
STRANGER = ok(b"{}", "401 Unauthorized")


def routes(me: str = "new", login: str = "new") -> str:
    return ROUTES.format(me=me, login=login)


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> KeyFiles:
    files = in_folder(tmp_path_factory.mktemp("keys"))
    ensure(files)
    return files


@pytest.fixture
def shop(make_rig: Any, keys: KeyFiles) -> Shop:
    return Shop(make_rig(routes(), keys), keys)


def asked(shop: Shop) -> dict[str, int]:
    counts = shop.rig.gateway.counters.identity
    return {name: one.asked for name, one in counts.items() if one.asked}


@pytest.mark.parametrize(
    ("stage", "port", "name"),
    [
        ("legacy", LEGACY, "legacy"),
        ("shadow, compare: {sample: 100%}", LEGACY, "legacy"),
        ("canary, percent: 100", LEGACY, "legacy"),
        ("new", ACCOUNTS, "accounts"),
        ("retired", ACCOUNTS, "accounts"),
    ],
)
def test_one_upstream_says_who_asks(shop: Shop, stage: str, port: int, name: str) -> None:
    shop.rig.use(routes(me=stage))
    shop.rig.client().send(get("/mine"))
    question = shop.answer(port, ok(SARA))
    assert question.startswith(b"GET /api/me ") and fields(question)["cookie"] == "session=s1"
    assert "fig-identity" in fields(shop.answer(ORDERS, ok()))
    assert asked(shop) == {name: 1}
    assert shop.rig.gateway.current.table.routes.asked == name


def test_it_is_asked_with_its_own_host(shop: Shop) -> None:
    shop.rig.client().send(get("/mine"))
    assert fields(shop.answer(ACCOUNTS, ok(SARA)))["host"] == "accounts.test"


def test_where_it_does_not_answer_legacy_is_not_asked_instead(shop: Shop) -> None:
    client = shop.rig.client()
    client.send(post("/order"))
    shop.answer(ACCOUNTS, ok(b"", "503 Service Unavailable", b"Fig-Declined: behind\r\n"))
    assert client.read().startswith(b"HTTP/1.1 503 ")
    assert shop.peers(LEGACY) == [] and asked(shop) == {"accounts": 1}


def test_a_read_that_may_go_to_legacy_goes_there_whole(shop: Shop) -> None:
    """Legacy sees the cookie and answers for itself: it is not asked who that is."""
    client = shop.rig.client()
    client.send(get("/mine"))
    shop.answer(ACCOUNTS, ok(b"", "500 Internal Server Error"))
    request = shop.answer(LEGACY, ok(b"by legacy"))
    assert request.startswith(b"GET /mine ") and fields(request)["cookie"] == "session=s1"
    assert asked(shop) == {"accounts": 1}


@pytest.mark.parametrize(
    ("before", "after", "port"), [("legacy", "new", 3000), ("new", "legacy", 1000)]
)
def test_what_was_known_outlives_a_flip(shop: Shop, before: str, after: str, port: int) -> None:
    """Both sides believe one session, so what the one said counts while the other is silent."""
    shop.rig.use(routes(me=before))
    client = shop.rig.client()
    client.send(get("/mine"))
    shop.answer(LEGACY if before == "legacy" else ACCOUNTS, ok(SARA))
    shop.answer(ORDERS, ok())
    shop.rig.use(routes(me=after))
    client.send(get("/mine"))
    assert "fig-identity" in fields(shop.answer(ORDERS, ok()))
    shop.rig.later(10.0)
    client.send(get("/mine"))
    shop.answer(port, ok(b"", "500 Internal Server Error"))
    assert "fig-identity" in fields(shop.answer(ORDERS, ok()))
    stale = {name: one.stale for name, one in shop.rig.gateway.counters.identity.items()}
    assert stale[shop.rig.gateway.current.table.routes.asked] == 1


def test_a_question_under_way_during_a_flip_is_the_only_one(shop: Shop) -> None:
    shop.rig.use(routes(me="legacy"))
    first, second = shop.rig.client(), shop.rig.client()
    first.send(get("/mine"))
    shop.rig.use(routes(me="new"))
    second.send(get("/mine"))
    assert shop.at(ACCOUNTS) == []
    shop.answer(LEGACY, ok(SARA))
    assert len(shop.at(ORDERS)) == 2
    assert asked(shop) == {"legacy": 1}


def test_each_has_a_breaker_of_its_own(shop: Shop) -> None:
    client = shop.rig.client()
    for number in range(8):
        client.send(post("/order", cookie=f"session={number}"))
        shop.answer(ACCOUNTS, ok(b"", "500 Internal Server Error"))
    assert shop.rig.breakers("accounts")["identity"] == "open"
    assert "identity" not in shop.rig.breakers("legacy")
    shop.rig.use(routes(me="legacy"))
    client.send(post("/order"))
    shop.answer(LEGACY, ok(SARA))
    shop.answer(ORDERS, ok())


@pytest.mark.parametrize("login", ["legacy", "new"])
def test_a_login_at_either_side_is_asked_for_at_once(shop: Shop, login: str) -> None:
    shop.rig.use(routes(login=login))
    given = ok(more=b"Set-Cookie: session=s2; Path=/; HttpOnly\r\n")
    shop.rig.client().send(post("/login", cookie="a=b"))
    shop.answer(LEGACY if login == "legacy" else ACCOUNTS, given)
    if login == "legacy":
        assert fields(shop.answer(ACCOUNTS, ok(SARA)))["cookie"] == "session=s2"
    else:
        ((peer, question),) = shop.at(ACCOUNTS)
        assert question.startswith(b"GET /api/me ")
        peer.send(ok(SARA))
    shop.rig.client().send(get("/mine", cookie="session=s2"))
    assert "fig-identity" in fields(shop.answer(ORDERS, ok()))


@pytest.mark.parametrize("login", ["legacy", "new"])
def test_a_logout_at_either_side_ends_what_is_known(shop: Shop, login: str) -> None:
    shop.rig.use(routes(login=login))
    client = shop.rig.client()
    client.send(get("/mine"))
    shop.answer(ACCOUNTS, ok(SARA))
    shop.answer(ORDERS, ok())
    client.send(post("/logout"))
    shop.answer(LEGACY if login == "legacy" else ACCOUNTS, ok(more=b"Set-Cookie: session=\r\n"))
    client.send(get("/mine"))
    shop.answer(ACCOUNTS, STRANGER)
    assert "fig-identity" not in fields(shop.answer(ORDERS, ok()))


COOKIES = "cart=A*1; session=s1; fig_after=1.x"


@pytest.mark.parametrize(
    ("request_", "port", "sees"),
    [
        (get("/api/me", cookie=COOKIES), ACCOUNTS, True),
        (post("/login", cookie=COOKIES), ACCOUNTS, True),
        (get("/page", cookie=COOKIES), PAGES, True),
        (get("/mine", cookie=COOKIES), ORDERS, False),
        (post("/order", cookie=COOKIES), ORDERS, False),
        (get("/copied", cookie=COOKIES), PAGES, True),
        (get("/hidden", cookie=COOKIES), ORDERS, False),
    ],
)
def test_the_cookie_reaches_who_may_keep_it_alone(
    shop: Shop, request_: bytes, port: int, sees: bool
) -> None:
    shop.rig.client().send(request_)
    while not (found := shop.at(port)) or (
        found[0][1].startswith(b"GET /api/me HTTP") and (not request_.startswith(b"GET /api/me "))
    ):
        peers = found or shop.at(ACCOUNTS) or shop.at(LEGACY)
        assert peers, "nobody was asked"
        peers[0][0].send(ok(SARA))
    cookie = fields(found[0][1])["cookie"]
    assert ("session=s1" in cookie) is sees
    assert "cart=A*1" in cookie and "fig_after" not in cookie

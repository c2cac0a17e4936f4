"""Who is asking: legacy is asked once, the new side gets its answer, nothing else counts."""

import json
import time
from pathlib import Path
from typing import Any

import pytest
from joserfc.jwk import KeySet, OKPKey

from chassis.web.identity import Verifier
from chassis.web.sealed import unseal
from facade.runtime.keyring import KeyFiles, ensure, in_folder, private_of
from tests.rigs.facade.workers.asking import ROUTES
from tests.rigs.facade.workers.introducing import LEGACY, NEW, SARA, Shop, fields, get, ok, post


async def verified(keys: KeyFiles, token: str, tmp_path: Path) -> str:
    public = KeySet([OKPKey.import_key(json.loads(keys.identity.read_bytes()))])
    jwks = tmp_path / "jwks.json"
    jwks.write_text(json.dumps(public.as_dict(private=False)))
    return (await Verifier(str(jwks)).verify(token)).email


async def test_the_new_side_gets_the_identity_of_the_client(shop: Shop, tmp_path: Path) -> None:
    client = shop.rig.client()
    client.send(get("/mine"))
    question = shop.answer(LEGACY, ok(SARA))
    assert question.startswith(b"GET /api/me HTTP/1.1\r\nHost: shop.test\r\nCookie: session=s1\r\n")
    sent = fields(shop.answer(NEW, ok()))
    assert await verified(shop.keys, sent["fig-identity"], tmp_path) == "sara@shop.test"
    assert sent["fig-table"] == shop.rig.gateway.current.table.routes.version
    assert "cookie" not in sent, "the new side never sees the session"
    assert "fig-session" not in sent
    assert client.read().endswith(b"fine")


def test_a_write_carries_the_session_sealed(shop: Shop) -> None:
    client = shop.rig.client()
    client.send(post("/order", b'{"a":1}', "a=b; session=s1; theme=dark"))
    shop.answer(LEGACY, ok(SARA))
    request = shop.answer(NEW, ok())
    assert request.endswith(b'\r\n\r\n{"a":1}')
    sent = fields(request)
    assert sent["cookie"] == "a=b; theme=dark"
    private = OKPKey.import_key(json.loads(private_of(shop.keys.session).read_bytes()))
    assert unseal(private, sent["fig-session"], "sara@shop.test").cookie == "session=s1"


def test_a_route_without_needs_gets_no_identity(shop: Shop) -> None:
    shop.rig.client().send(get("/open"))
    sent = fields(shop.answer(NEW, ok()))
    assert not [name for name in sent if name.startswith("fig-")]
    assert shop.peers(LEGACY) == []


@pytest.mark.parametrize("name", ["Fig-Identity", "Fig-Session", "Fig-Table", "FIG_IDENTITY"])
@pytest.mark.parametrize("path", ["/mine", "/open"])
def test_no_client_can_introduce_itself(shop: Shop, name: str, path: str) -> None:
    shop.rig.client().send(get(path, f"{name}: forged", cookie=None))
    sent = shop.answer(NEW, ok())
    assert b"forged" not in sent


def test_without_a_session_nobody_is_asked(shop: Shop) -> None:
    shop.rig.client().send(get("/mine", cookie="theme=dark"))
    assert "fig-identity" not in fields(shop.answer(NEW, ok()))
    assert shop.peers(LEGACY) == []


@pytest.mark.parametrize("status", ["401 Unauthorized", "403 Forbidden"])
def test_a_stranger_comes_without_a_token(shop: Shop, status: str) -> None:
    client = shop.rig.client()
    client.send(post("/order"))
    shop.answer(LEGACY, ok(b"{}", status))
    sent = fields(shop.answer(NEW, ok(b'{"error":"not logged in"}', "401 Unauthorized")))
    assert not {"fig-identity", "fig-session"} & set(sent)
    assert client.read().startswith(b"HTTP/1.1 401")


def test_one_question_for_all_who_wait_and_for_a_while(shop: Shop) -> None:
    clients = [shop.rig.client() for _ in range(20)]
    for client in clients:
        client.send(get("/mine"))
    assert len(shop.peers(LEGACY)) == 1
    assert shop.at(NEW) == []
    shop.answer(LEGACY, ok(SARA))
    waiting = shop.at(NEW)
    assert len({fields(request)["fig-identity"] for _, request in waiting}) == 1
    assert len(waiting) == 20
    for peer, _ in waiting:
        peer.send(ok())
    clients[0].send(get("/mine"))
    shop.answer(NEW, ok())
    assert shop.at(LEGACY) == []
    shop.rig.later(6.0)
    clients[0].send(get("/mine"))
    shop.answer(LEGACY, ok(SARA))
    assert shop.rig.gateway.counters.identity_of("legacy").asked == 2


def test_two_cookies_are_two_questions(shop: Shop) -> None:
    shop.rig.client().send(get("/mine"))
    shop.rig.client().send(get("/mine", cookie="session=s2"))
    assert {request.split(b"session=")[1][:2] for _, request in shop.at(LEGACY)} == {b"s1", b"s2"}


def test_who_logs_in_is_asked_for_at_once(shop: Shop) -> None:
    client = shop.rig.client()
    client.send(post("/login", cookie="other=1"))
    shop.answer(LEGACY, ok(more=b"Set-Cookie: session=s2; Path=/; HttpOnly\r\n"))
    question = shop.answer(LEGACY, ok(SARA))
    assert question.startswith(b"GET /api/me ") and fields(question)["cookie"] == "session=s2"
    client.send(get("/only", cookie="session=s2"))
    assert shop.at(LEGACY) == [], "legacy may be away by now"
    assert "fig-identity" in fields(shop.answer(NEW, ok()))


@pytest.mark.parametrize(
    ("status", "cookie"),
    [("401 Unauthorized", "session=s2"), ("200 OK", "session="), ("200 OK", "basket=7")],
)
def test_without_a_login_nobody_is_asked_for(shop: Shop, status: str, cookie: str) -> None:
    client = shop.rig.client()
    client.send(post("/login", cookie="other=1"))
    shop.answer(LEGACY, ok(status=status, more=b"Set-Cookie: %b\r\n" % cookie.encode()))
    assert shop.at(LEGACY) == []


def test_login_forgets_who_it_was(shop: Shop) -> None:
    client = shop.rig.client()
    client.send(get("/mine"))
    shop.answer(LEGACY, ok(SARA))
    shop.answer(NEW, ok())
    client.send(post("/login"))
    shop.answer(LEGACY, ok())
    client.send(get("/mine"))
    shop.answer(LEGACY, ok(b'{"email": "tom@shop.test", "name": "Tom"}'))
    shop.answer(NEW, ok())
    assert shop.rig.gateway.counters.identity_of("legacy").asked == 2


def test_an_answer_on_its_way_during_a_login_is_not_kept(shop: Shop) -> None:
    reading, leaving = shop.rig.client(), shop.rig.client()
    reading.send(get("/mine"))
    ((legacy, _),) = shop.at(LEGACY)
    leaving.send(post("/login"))
    ((login, _),) = shop.at(LEGACY)
    legacy.send(ok(SARA))
    login.send(ok())
    shop.answer(NEW, ok())
    reading.send(get("/mine"))
    shop.answer(LEGACY, ok(b"", "401 Unauthorized"))
    assert "fig-identity" not in fields(shop.answer(NEW, ok()))


def test_a_client_that_left_is_not_answered(shop: Shop) -> None:
    client = shop.rig.client()
    client.send(get("/mine"))
    client.vanish()
    shop.answer(LEGACY, ok(SARA))
    assert shop.peers(NEW) == []
    assert shop.rig.gateway.counters.client.aborted == 1


def test_a_stale_connection_is_not_legacys_silence(shop: Shop) -> None:
    client = shop.rig.client()
    client.send(get("/mine"))
    shop.answer(LEGACY, ok(SARA))
    shop.answer(NEW, ok())
    shop.rig.later(6.0)
    client.send(get("/mine"))
    ((old, _),) = shop.at(LEGACY)
    old.vanish()
    shop.answer(LEGACY, ok(SARA))
    shop.answer(NEW, ok())
    assert client.read().count(b"200 OK") == 2


@pytest.mark.parametrize("which", [0, 1])
def test_an_instance_that_cuts_the_question_is_not_asked_again_at_once(
    make_rig: Any, keys: KeyFiles, which: int
) -> None:
    two = 'legacy: {urls: ["http://one.test:1000", "http://two.test:1001"]}'
    one = 'legacy: {url: "http://legacy.test:1000"}'
    assert one in ROUTES
    shop = Shop(make_rig(ROUTES.replace(one, two), keys), keys)
    clients = [shop.rig.client() for _ in range(2)]

    def ask() -> list[tuple[int, Any]]:
        """The ports that are asked, each by one client, and their peers."""
        shop.rig.later(6.0)
        for number, client in enumerate(clients):
            client.send(get("/mine", cookie=f"session=s{number}"))
        return [(port, peer) for port in (1000, 1001) for peer, _ in shop.at(port)]

    for _, peer in ask():
        peer.send(ok(SARA))
    for peer, _ in shop.at(NEW):
        peer.send(ok())
    (first, _), (second, _) = waiting = ask()
    assert first != second
    waiting[which][1].vanish()
    other = waiting[1 - which][0]
    assert len(shop.at(other)) == 1, "also where it is the turn of the one that cut it"


def test_a_copy_gets_the_identity_too_and_waits_for_it(shop: Shop) -> None:
    client = shop.rig.client()
    client.send(get("/seen"))
    waiting = {request.split(b" ")[1]: peer for peer, request in shop.at(LEGACY)}
    waiting[b"/seen"].send(ok(b"old"))
    assert client.read().endswith(b"old"), "the client does not wait"
    waiting[b"/api/me"].send(ok(SARA))
    sent = fields(shop.answer(NEW, ok(b"new")))
    assert {"fig-identity", "fig-table", "fig-after", "fig-shadow"} <= set(sent)
    assert "cookie" not in sent
    (pair,) = shop.rig.channel.pairs
    assert pair.blob == b"oldnew"
    again = pair.meta["new_headers"].split("\r\n")
    assert f"Fig-Identity: {sent['fig-identity']}" in again, "for asking the new side once more"
    assert not any(line.startswith("Cookie:") for line in again)
    assert "Cookie: session=s1\r\n" in pair.meta["request_headers"]
    client.send(get("/seen"))
    assert len(shop.at(LEGACY)) == 1, "no second question"
    assert len(shop.at(NEW)) == 1


def test_no_key_no_introduction(make_rig: Any, tmp_path: Path) -> None:
    files = in_folder(tmp_path)
    ensure(files)
    files.identity.unlink()
    rig = Shop(make_rig(ROUTES, files), files)
    client = rig.rig.client()
    client.send(post("/order"))
    rig.answer(LEGACY, ok(SARA))
    assert client.read().startswith(b"HTTP/1.1 503 ")


def test_a_token_is_made_again_before_it_ends(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    now = time.time()
    client = shop.rig.client()
    tokens = []
    for at in (0.0, 20.0, 31.0):
        monkeypatch.setattr("facade.proxy.identity.introduction.time.time", lambda at=at: now + at)
        shop.rig.later(6.0)
        client.send(get("/mine"))
        shop.answer(LEGACY, ok(SARA))
        tokens.append(fields(shop.answer(NEW, ok()))["fig-identity"])
    assert tokens[0] == tokens[1] != tokens[2]

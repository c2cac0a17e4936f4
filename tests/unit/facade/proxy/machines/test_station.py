"""Machines through a whole worker: bytes in, bytes out."""

import json
import time
from pathlib import Path
from typing import Any

import pytest
from joserfc.jwk import KeySet, OKPKey

from chassis.web.identity import NotIdentified, Verifier
from tests.rigs.facade.workers.introducing import LEGACY, NEW, SARA, fields, get, ok, status
from tests.rigs.facade.workers.machines import Rig


@pytest.fixture
def shop(make_rig: Any, tmp_path: Path) -> Rig:
    return Rig(make_rig, tmp_path)


def bearer(token: str) -> str:
    return f"Authorization: Bearer {token}"


def test_a_key_and_a_token_are_let_in(shop: Rig) -> None:
    key = shop.key("bookkeeper", "stock:read")
    for line in (f"X-API-Key: {key}", f"x-api-KEY:   {key}  ", bearer(key)):
        assert status(shop.ask("/stock", line)) == 200, line
    for alg, signing in (("RS256", shop.issuer.rsa), ("ES256", shop.issuer.ec)):
        token = shop.issuer.token(signing, alg=alg)
        assert status(shop.ask("/stock", bearer(token))) == 200
        assert status(shop.ask("/stock", f"authorization: BEARER   {token}")) == 200
    assert status(shop.ask("/stock", bearer(shop.issuer.token(aud=["x", "other"])))) == 200
    assert status(shop.ask("/stock", bearer(shop.issuer.token(scope=["stock:read"])))) == 200
    assert shop.counted() == {"passed": 9}


def test_who_is_refused_is_answered_as_the_rfcs_want_it(shop: Rig) -> None:
    head, _, body = shop.ask("/stock").partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 401 Unauthorized\r\n") and not shop.asked
    said = fields(head)
    assert said["www-authenticate"] == 'Bearer realm="machines"', "no code without a credential"
    assert said["content-type"] == "application/problem+json"
    assert json.loads(body)["detail"] == "The request carries no API key and no token."

    said = fields(shop.ask("/stock", bearer(shop.issuer.token(exp=1))))
    assert said["www-authenticate"] == (
        'Bearer realm="machines", error="invalid_token",'
        ' error_description="the request carries a credential that is valid no more"'
    )
    answer = shop.ask("/stock", bearer(shop.issuer.token(scope="stock:write")))
    assert status(answer) == 403
    assert fields(answer)["www-authenticate"].endswith(
        'error="insufficient_scope", error_description="the request comes from a machine that lacks'
        ' a scope", scope="stock:read"'
    )
    other = shop.ask("/books", f"X-API-Key: {shop.key('warehouse')}")
    assert status(other) == 403 and "www-authenticate" not in fields(other)
    assert status(shop.ask("/books", bearer(shop.issuer.token()))) == 403
    assert status(shop.ask("/feed", f"X-API-Key: {shop.key('bookkeeper')}")) == 403
    page = shop.ask("/stock", "Accept: text/html")
    assert status(page) == 401 and b"text/html" in page
    assert shop.ask("/stock", method="HEAD").endswith(b"\r\n\r\n"), "HEAD has no body"
    assert shop.counted() == {
        "refused": 5, "reasons": {"no-credential": 3, "ended": 1, "scope": 1}
    }  # fmt: skip
    assert shop.rig.gateway.snapshot()["unproven"]["stock"] == {
        "client 192.0.2.7: no-credential": 3,
        "partners:robot-7: ended": 1,
        "token:partners:robot-7: scope": 1,
    }


def test_in_shadow_no_machine_is_refused_and_nothing_changes(shop: Rig) -> None:
    shop.use(mode="shadow", stage="new")
    assert status(shop.ask("/stock", "X-API-Key: nonsense")) == 200
    ((_, sent),) = shop.asked
    assert fields(sent)["x-api-key"] == "nonsense" and "fig-machine" not in fields(sent)
    key = shop.key("bookkeeper", "stock:read")
    assert status(shop.ask("/stock", f"X-API-Key: {key}")) == 200
    ((_, sent),) = shop.asked
    assert fields(sent)["x-api-key"] == key and "fig-machine" in fields(sent)
    assert status(shop.ask("/stock")) == 200
    assert shop.counted() == {
        "passed": 1, "would_refuse": 2, "reasons": {"malformed": 1, "no-credential": 1}
    }  # fmt: skip


async def test_the_new_side_is_given_our_token_and_not_the_credential(shop: Rig) -> None:
    shop.use(stage="new")
    public = shop.folder / "public.json"
    ours = KeySet([OKPKey.import_key(json.loads(shop.keys.identity.read_bytes()))])
    public.write_text(json.dumps(ours.as_dict(private=False)))
    verifier = Verifier(str(public))
    key = shop.key("bookkeeper", "stock:read", "books:read")
    forged = "Fig-Machine: eyJ", "FIG_MACHINE: eyJ", f"X_API-Key: {key}"
    assert status(shop.ask("/stock", f"X-API-Key: {key}", *forged[:2])) == 200
    ((peer, sent),) = shop.asked
    assert peer in shop.peers(NEW)
    assert key.encode() not in sent and b"eyJ\r\n" not in sent
    token = fields(sent)["fig-machine"]
    machine = await verifier.machine(token)
    assert machine is not None
    assert machine.name == "api_key:bookkeeper"
    assert machine.scopes == {"stock:read", "books:read"}
    assert machine.expires <= time.time() + 61
    with pytest.raises(NotIdentified):
        await verifier.verify(token)
    shop.ask("/stock", f"X-API-Key: {key}")
    assert fields(shop.asked[0][1])["fig-machine"] == token, "it is signed once in a while"

    partner = shop.issuer.token(sub="müller")
    shop.ask("/stock", bearer(partner))
    received = fields(shop.asked[0][1])
    assert "authorization" not in received
    machine = await verifier.machine(received["fig-machine"])
    assert machine is not None and machine.name == "token:partners:müller"
    assert status(shop.ask("/stock", *forged[2:])) == 401, "another spelling is no key"

    shop.ask("/free", f"X-API-Key: {key}", bearer(partner))
    received = fields(shop.asked[0][1])
    assert "fig-machine" not in received, "a route without allow looks at nothing"
    assert received["x-api-key"] == key and received["authorization"] == f"Bearer {partner}"


def test_a_short_credential_gets_a_shorter_token(shop: Rig) -> None:
    shop.use(stage="new")
    key = shop.key("bookkeeper", "stock:read", ends=time.time() + 20)
    shop.ask("/stock", f"X-API-Key: {key}")
    claims = fields(shop.asked[0][1])["fig-machine"].split(".")[1]
    assert json.loads(_decoded(claims))["exp"] <= time.time() + 20


def _decoded(part: str) -> bytes:
    from base64 import urlsafe_b64decode

    return urlsafe_b64decode(part + "=" * (-len(part) % 4))


def test_legacy_gets_the_request_as_it_came(shop: Rig) -> None:
    key = shop.key("bookkeeper", "stock:read")
    shop.ask("/stock", f"X-API-Key: {key}", "Authorization: Basic abc")
    ((peer, sent),) = shop.asked
    assert peer in shop.peers(LEGACY)
    assert fields(sent)["x-api-key"] == key, "it may check keys of its own"
    assert fields(sent)["authorization"] == "Basic abc" and "fig-machine" not in fields(sent)


def test_a_person_and_a_machine_are_introduced_apart(shop: Rig) -> None:
    shop.use(stage="new")
    client = shop.rig.client()
    client.send(get("/mine", f"X-API-Key: {shop.key('kiosk')}"))
    shop.answer(LEGACY, ok(SARA))
    received = fields(shop.answer(NEW, ok()))
    assert {"fig-identity", "fig-machine", "fig-table"} <= received.keys()
    assert "x-api-key" not in received and "cookie" not in received


def test_a_copy_carries_the_same_token(shop: Rig) -> None:
    shop.use(stage="shadow", sample="100%")
    key = shop.key("bookkeeper", "stock:read")
    shop.ask("/stock", f"X-API-Key: {key}")
    ((_, copy),) = [(peer, sent) for peer, sent in shop.asked if peer in shop.peers(NEW)]
    assert "fig-machine" in fields(copy) and key.encode() not in copy
    shop.ask("/stock")
    assert not shop.asked, "who is refused is not copied"


def test_what_changes_in_the_files_counts_at_once(shop: Rig) -> None:
    key = shop.key("bookkeeper", "stock:read")
    line = f"X-API-Key: {key}"
    assert status(shop.ask("/stock", line)) == 200
    content = json.loads(shop.file.read_bytes())
    (one,) = content["keys"].values()
    one["ends"] = "2020-01-01T00:00:00+00:00"
    fresh = shop.file.with_suffix(".x")
    fresh.write_text(json.dumps(content))
    fresh.replace(shop.file)
    shop.look()
    assert status(shop.ask("/stock", line)) == 401
    fresh.write_text("{")
    fresh.replace(shop.file)
    shop.look()
    other = shop.rig.gateway.snapshot()["machines"]
    assert other["keys"]["keys"] == 1 and "not a file of API keys" in other["keys"]["error"]

    token = shop.issuer.token()
    assert status(shop.ask("/stock", bearer(token))) == 200
    old, shop.issuer.rsa = shop.issuer.rsa, type(shop.issuer.rsa).generate_key(2048, auto_kid=True)
    shop.issuer.keys = [shop.issuer.rsa, old]
    shop.issuer.write()
    shop.look()
    assert status(shop.ask("/stock", bearer(shop.issuer.token()))) == 200, "rotated"
    assert status(shop.ask("/stock", bearer(token))) == 200, "the old one is published still"
    shop.issuer.keys = [shop.issuer.rsa]
    shop.issuer.write()
    shop.look()
    assert status(shop.ask("/stock", bearer(token))) == 401, "and no longer"


def test_keys_that_are_not_known_yet_refuse_with_503_and_in_shadow_not_at_all(shop: Rig) -> None:
    key = shop.key("bookkeeper")
    shop.use(jwks="https://id.test/keys")
    answer = shop.ask("/feed", bearer(shop.issuer.token()))
    assert status(answer) == 503 and fields(answer)["retry-after"] == "1"
    shop.use(jwks="https://id.test/keys", mode="shadow")
    assert status(shop.ask("/feed", bearer(shop.issuer.token()))) == 200
    assert shop.counted("feed")["unchecked"] == 1
    entry = {"partners": {"jwks": "https://id.test/keys", "set": shop.issuer.jwks}}
    shop.rig.gateway.machines.fetched(json.dumps(entry).encode())
    shop.use(jwks="https://id.test/keys")
    assert status(shop.ask("/feed", bearer(shop.issuer.token()))) == 200
    entry["partners"]["jwks"] = "https://elsewhere.test/keys"
    shop.use(jwks="https://id.test/moved")
    shop.rig.gateway.machines.fetched(json.dumps(entry).encode())
    assert status(shop.ask("/feed", bearer(shop.issuer.token()))) == 503, "of another address"
    shop.file.unlink()
    shop.use(keys=str(shop.folder / "missing.json"))
    assert status(shop.ask("/books", f"X-API-Key: {key}")) == 503


def test_a_preflight_passes_and_another_spelling_of_the_path_does_not(shop: Rig) -> None:
    line = "Access-Control-Request-Method: GET"
    assert status(shop.ask("/stock", line, method="OPTIONS")) == 200
    for path in ("/stock/", "/Stock", "/stock.json", "/index.php/stock"):
        assert status(shop.ask(path)) == 401 and not shop.asked, path
    for path in ("//stock", "/x/../stock", "/%73tock", "/stock;a=1"):
        assert status(shop.ask(path)) in (400, 401) and not shop.asked, path
    assert status(shop.ask("/stock", method="get")) == 400
    key = shop.key("bookkeeper", "stock:read")
    assert status(shop.ask("/stock/", f"X-API-Key: {key}")) == 200
    shop.use(mode="shadow")
    assert status(shop.ask("/stock/")) == 200


def test_a_limit_counts_by_the_owner_of_a_key(shop: Rig) -> None:
    one, two = (shop.key("bookkeeper") for _ in range(2))
    other = shop.key("warehouse")
    seen = [status(shop.ask("/counted", f"X-API-Key: {key}")) for key in (one, two, one, two)]
    assert seen == [200, 200, 429, 429], "both keys are of one owner"
    assert [status(shop.ask("/counted", f"X-API-Key: {other}")) for _ in range(3)][-2:] == [
        200,
        429,
    ]
    assert [status(shop.ask("/counted", "X-API-Key: fig_x")) for _ in range(3)] == [
        200,
        200,
        429,
    ], "what proves nothing counts by the next key, and is not refused"
    assert shop.counted("counted") == {}


def test_two_machines_never_share_an_idempotency_key(shop: Rig) -> None:
    shop.use(stage="new")
    keys = shop.key("bookkeeper"), shop.key("warehouse")
    asked = []
    for key in (*keys, keys[0]):
        head = "POST /put HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nIdempotency-Key: same\r\n"
        answer = shop.send(f"{head}X-API-Key: {key}\r\n\r\n{{}}".encode())
        assert status(answer) == 200
        asked.append(len(shop.asked))
    assert asked == [1, 1, 0], "only the repeat of the same machine gets the first answer again"


def test_without_a_key_of_ours_nothing_is_sent_on(make_rig: Any, tmp_path: Path) -> None:
    shop = Rig(make_rig, tmp_path)
    shop.rig = make_rig(shop.text(stage="new"), None, tmp_path / "memory")
    key = shop.key("bookkeeper", "stock:read")
    assert status(shop.ask("/stock", f"X-API-Key: {key}")) == 200
    assert shop.peers(LEGACY) and not shop.peers(NEW), "a read falls back"


def test_each_part_of_a_composed_route_asks_for_itself(shop: Rig) -> None:
    key = f"X-API-Key: {shop.key('warehouse', 'stock:read')}"
    assert status(shop.ask("/home")) == 401 and not shop.asked
    answer = shop.ask("/home", key)
    assert [sent.split(b" ")[1] for _, sent in shop.asked] == [b"/stock"], "no key of its owner"
    assert shop.counted("books") == {"refused": 1, "reasons": {"other-machine": 1}}
    assert status(answer) in (200, 502)
    shop.use(mode="shadow")
    shop.ask("/home")
    assert len(shop.asked) == 2

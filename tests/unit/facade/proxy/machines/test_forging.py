"""The known ways to forge, steal or smuggle a credential, each through a whole worker: none passes.

Each row is the request's lines, and what it is answered; no side is asked.
"""

import hashlib
import hmac
import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from joserfc.jwk import ECKey, OctKey, RSAKey

from chassis.web.machines import issue_machine
from facade.proxy.identity.credentials import _read
from tests.rigs.machines import Issuer, part
from tests.unit.facade.proxy.machines.test_station import Rig, bearer, status

Lines = list[str]
OTHERS = RSAKey.generate_key(2048, auto_kid=True)
OTHERS_EC = ECKey.generate_key("P-256", auto_kid=True)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("forging")


@pytest.fixture
def shop(make_rig: Any, folder: Path) -> Rig:
    return Rig(make_rig, folder)


def unsigned(issuer: Issuer, **header: Any) -> str:
    said = {"alg": "none", "typ": "JWT", **header}
    return f"{part(said)}.{part(issuer.claims())}."


def hs256(issuer: Issuer, secret: bytes, **header: Any) -> str:
    """Signed by a public key as if it were a shared secret."""
    signed = f"{part({'alg': 'HS256', **header})}.{part(issuer.claims())}"
    return f"{signed}.{part(hmac.new(secret, signed.encode(), hashlib.sha256).digest())}"


def resigned(issuer: Issuer, **claims: Any) -> str:
    """Other claims under a signature that was made for those of the issuer."""
    head, _, signature = issuer.token().split(".")
    return f"{head}.{part(issuer.claims(**claims))}.{signature}"


def by_others(issuer: Issuer, **header: Any) -> str:
    return issuer.token(OTHERS, header=header)


def pem(issuer: Issuer) -> bytes:
    return issuer.rsa.as_pem(private=False)


WAYS: dict[str, Callable[[Issuer], str]] = {
    # algorithms
    "none": unsigned,
    "None": lambda i: unsigned(i, alg="None"),
    "nOnE, with a kid": lambda i: unsigned(i, alg="nOnE", kid=i.rsa.kid),
    "none, with somebody's signature": lambda i: unsigned(i) + i.token().split(".")[2],
    "no alg": lambda i: f"{part({'typ': 'JWT'})}.{part(i.claims())}.{part(b'x')}",
    "alg is a list": lambda i: f"{part({'alg': ['RS256']})}.{part(i.claims())}.{part(b'x')}",
    "HS256 by the PEM": lambda i: hs256(i, pem(i), kid=i.rsa.kid),
    "HS256 by the modulus": lambda i: hs256(i, i.jwks["keys"][0]["n"].encode(), kid=i.rsa.kid),
    "HS256 by nothing": lambda i: hs256(i, b"", kid=i.rsa.kid),
    "an accepted algorithm of another key's kind": lambda i: i.token(
        OTHERS_EC, alg="ES256", header={"kid": i.rsa.kid}
    ),
    "RS512, which is not on the list": lambda i: i.token(alg="RS512"),
    "PS256, which is not on the list": lambda i: i.token(alg="PS256"),
    # keys
    "another key under the issuer's kid": lambda i: by_others(i, kid=i.rsa.kid),
    "another key, its own kid": lambda i: by_others(i, kid=OTHERS.kid),
    "another key, its own jwk": lambda i: by_others(i, jwk=OTHERS.as_dict(private=False)),
    "jku": lambda i: by_others(i, jku="http://evil.test/keys", kid=OTHERS.kid),
    "x5u": lambda i: by_others(i, x5u="http://evil.test/cert", kid=i.rsa.kid),
    "x5c": lambda i: by_others(i, x5c=["MIIB"], kid=i.rsa.kid),
    "kid is a path": lambda i: by_others(i, kid="../../../../dev/null"),
    "kid is an address": lambda i: by_others(i, kid="http://evil.test/key"),
    "kid is a query": lambda i: by_others(i, kid="' UNION SELECT 'key"),
    "kid is empty": lambda i: by_others(i, kid=""),
    "kid is a number": lambda i: f"{part({'alg': 'RS256', 'kid': 0})}.{part(i.claims())}.eA",
    "kid is a list": lambda i: f"{part({'alg': 'RS256', 'kid': [1]})}.{part(i.claims())}.eA",
    "an empty signature": lambda i: ".".join(i.token().split(".")[:2]) + ".",
    "an ES256 signature of zeros": lambda i: (
        f"{part({'alg': 'ES256', 'kid': i.ec.kid})}.{part(i.claims())}.{part(bytes(64))}"
    ),
    "another's signature": lambda i: resigned(i, sub="root"),
    "crit": lambda i: f"{part({'alg': 'RS256', 'crit': ['x'], 'x': 1})}.{part(i.claims())}.eA",
    "b64": lambda i: i.token(header={"b64": True}),
    # claims
    "expired": lambda i: i.token(exp=int(time.time()) - 31),
    "expired, as text": lambda i: i.token(exp=str(int(time.time()) + 600)),
    "no end": lambda i: i.token(exp=None),
    "an endless end": lambda i: i.token(exp=10**400),
    "the end is true": lambda i: i.token(exp=True),
    "not yet": lambda i: i.token(nbf=int(time.time()) + 60),
    "not yet, as text": lambda i: i.token(nbf="soon"),
    "made in the future": lambda i: i.token(iat=int(time.time()) + 3600),
    "another audience": lambda i: i.token(aud="bank"),
    "no audience": lambda i: i.token(aud=None),
    "the audience in a longer one": lambda i: i.token(aud="shop.evil.test"),
    "the audience in other letters": lambda i: i.token(aud="Shop"),
    "the audience as a key": lambda i: i.token(aud={"shop": 1}),
    "another issuer": lambda i: i.token(iss="https://evil.test"),
    "the issuer with a slash": lambda i: i.token(iss="https://id.test/"),
    "no issuer": lambda i: i.token(iss=None),
    "the issuer in a list": lambda i: i.token(iss=["https://id.test"]),
    "another type": lambda i: i.token(header={"typ": "logout+jwt"}),
    "a type that is a list": lambda i: (
        f"{part({'alg': 'RS256', 'typ': ['JWT']})}.{part(i.claims())}.eA"
    ),
    "no subject": lambda i: i.token(sub=None),
    "an empty subject": lambda i: i.token(sub=""),
    "a subject of two lines": lambda i: i.token(sub="a\r\nFig-Machine: b"),
    "a long subject": lambda i: i.token(sub="a" * 201),
    "claims are a list": lambda i: f"{i.token().split('.')[0]}.{part([1])}.eA",
    # bytes
    "huge": lambda i: i.token(more="x" * 9000),
    "five parts, as if encrypted": lambda i: i.token() + ".eA.eA",
    "two tokens": lambda i: f"{i.token()}, {i.token()}",
    "a comma": lambda i: i.token() + ",",
    "padding": lambda i: i.token() + "==",
    "blanks within": lambda i: i.token().replace(".", ". ", 1),
    "a tab at the front": lambda i: "\t" + i.token(),
    "quotes": lambda i: f'"{i.token()}"',
    "full-width letters": lambda i: "ｅ" + i.token()[1:],
    "a zero width space": lambda i: i.token() + "\u200b",
    "percent": lambda i: i.token().replace(".", "%2E"),
    "plain base64": lambda i: i.token()[:-2] + "+/",
}


@pytest.mark.parametrize("way", WAYS)
def test_no_forged_token_passes(shop: Rig, way: str) -> None:
    answer = shop.ask("/feed", bearer(WAYS[way](shop.issuer)))
    assert status(answer) == 401, answer
    assert not shop.asked


def test_a_good_one_passes_so_that_the_table_says_something(shop: Rig) -> None:
    assert status(shop.ask("/feed", bearer(shop.issuer.token()))) == 200
    assert status(shop.ask("/feed", bearer(shop.issuer.token(exp=int(time.time()) - 20)))) == 200, (
        "within the leeway"
    )
    assert status(shop.ask("/feed", bearer(shop.issuer.token(header={"typ": "at+JWT"})))) == 200


Smuggled = Callable[[str, str], tuple[list[str], str]]
# (a good key, a good token) -> lines, and the path
SMUGGLED: dict[str, tuple[Smuggled, set[int]]] = {
    "two Authorization": (lambda k, t: ([bearer(t), bearer(t)], ""), {400}),
    "Basic first": (lambda k, t: (["Authorization: Basic YQ==", bearer(t)], ""), {400}),
    "Basic last": (lambda k, t: ([bearer(t), "Authorization: Basic YQ=="], ""), {400}),
    "two keys": (lambda k, t: ([f"X-API-Key: {k}", f"X-API-Key: {k}"], ""), {400}),
    "two spellings": (lambda k, t: ([f"X-API-Key: {k}", f"X_API_Key: {k}"], ""), {400}),
    "key and token": (lambda k, t: ([f"X-API-Key: {k}", bearer(t)], ""), {400}),
    "in the query": (lambda k, t: ([], f"?api_key={k}&access_token={t}&X-API-Key={k}"), {401}),
    "in a cookie": (lambda k, t: ([f"Cookie: X-API-Key={k}; access_token={t}"], ""), {401}),
    "as a proxy's": (lambda k, t: ([f"Proxy-Authorization: Bearer {t}"], ""), {401}),
    "as our own": (lambda k, t: ([f"Fig-Machine: {t}"], ""), {401}),
    "ours, named by Connection": (
        lambda k, t: (["Connection: close, Fig-Machine", f"Fig-Machine: {t}"], ""), {401}
    ),
    "another scheme": (lambda k, t: ([f"Authorization: Token {t}"], ""), {401}),
    "no blank": (lambda k, t: ([f"Authorization: Bearer{t}"], ""), {401}),
    "a tab": (lambda k, t: ([f"Authorization: Bearer\t{t}"], ""), {401}),
    "a hard blank": (lambda k, t: ([f"Authorization: Bearer\u00a0{t}"], ""), {401}),
    "Basic with it": (lambda k, t: ([f"Authorization: Basic {t}"], ""), {401}),
    "a digest's list": (lambda k, t: ([f"Authorization: Digest x, Bearer {t}"], ""), {401}),
    "a folded line": (lambda k, t: (["Authorization: Bearer", f" {t}"], ""), {400}),
    "a blank before the colon": (lambda k, t: ([f"Authorization : Bearer {t}"], ""), {400}),
    "an underscore": (lambda k, t: ([f"X_API_Key: {k}"], ""), {401}),
    "a longer key": (lambda k, t: ([f"X-API-Key: {k}x"], ""), {401}),
    "a shorter key": (lambda k, t: ([f"X-API-Key: {k[:-1]}"], ""), {401}),
    "a key in capitals": (lambda k, t: ([f"X-API-Key: {k.upper()}"], ""), {401}),
    "another secret": (lambda k, t: ([f"X-API-Key: {k[:-4]}AAAA"], ""), {401}),
    "another id": (lambda k, t: ([f"X-API-Key: fig_aaaaaaaa{k[12:]}"], ""), {401}),
    "a key's digest": (
        lambda k, t: ([f"X-API-Key: {hashlib.sha256(k.encode()).hexdigest()}"], ""), {401}
    ),
    "a key in quotes": (lambda k, t: ([f'X-API-Key: "{k}"'], ""), {401}),
    "a list of keys": (lambda k, t: ([f"X-API-Key: {k}, {k}"], ""), {401}),
    "a huge key": (lambda k, t: ([f"X-API-Key: {k}{'x' * 9000}"], ""), {401}),
}  # fmt: skip


@pytest.mark.parametrize("way", SMUGGLED)
def test_nothing_is_smuggled_past(shop: Rig, way: str) -> None:
    key = shop.key("bookkeeper", "stock:read")
    made, wanted = SMUGGLED[way]
    lines, query = made(key, shop.issuer.token())
    answer = shop.ask(f"/stock{query}", *lines)
    assert status(answer) in wanted, answer
    assert not shop.asked


def test_a_credential_named_by_connection_is_checked_all_the_same(shop: Rig) -> None:
    shop.use(stage="new")
    key = shop.key("bookkeeper", "stock:read")
    lines = "Connection: close, X-API-Key, Fig-Machine, Authorization", f"X-API-Key: {key}"
    assert status(shop.ask("/stock", *lines)) == 200
    assert b"Fig-Machine: eyJ" in shop.asked[0][1], "ours cannot be named away"


def test_what_we_sign_for_services_is_no_credential_at_the_facade(shop: Rig) -> None:
    ours = _read(shop.keys.identity)
    now = time.time()
    token = issue_machine(ours, "api_key:bookkeeper", ["stock:read"], now, now + 60)
    assert status(shop.ask("/stock", bearer(token))) == 401
    assert status(shop.ask("/stock", f"Fig-Machine: {token}")) == 401, "replayed"


def test_a_set_of_keys_gives_no_shared_secret(shop: Rig) -> None:
    """An `oct` key in the set of an issuer does not make HS256 count, nor a key for encryption."""
    secret = OctKey.import_key({"kty": "oct", "k": part(b"s" * 32), "kid": "s"})
    rsa = OTHERS.as_dict(private=False)
    listed = [secret.as_dict(private=True), {**rsa, "use": "enc"}, shop.issuer.jwks["keys"][0]]
    shop.issuer.file.write_text(json.dumps({"keys": listed}))
    shop.look()
    try:
        token = hs256(shop.issuer, b"s" * 32, kid="s")
        assert status(shop.ask("/feed", bearer(token))) == 401
        assert status(shop.ask("/feed", bearer(by_others(shop.issuer, kid=OTHERS.kid)))) == 401
    finally:
        shop.issuer.write()

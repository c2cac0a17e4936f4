"""Who is asking: what proves it, and what does not."""

import json
from pathlib import Path

import pytest
from joserfc import jwt
from joserfc.jwk import KeySet, OctKey, OKPKey

from chassis.web.identity import KeysAway, NotIdentified, Verifier, issue
from chassis.web.sealed import NotSealed, Session, seal, unseal

NOW = 1_780_000_000.0


class Time:
    now = NOW

    def __call__(self) -> float:
        return self.now


def _write(path: Path, *keys: OKPKey) -> str:
    path.write_text(json.dumps(KeySet(list(keys)).as_dict(private=False)))
    return str(path)


@pytest.fixture
def key() -> OKPKey:
    return OKPKey.generate_key("Ed25519", auto_kid=True)


async def test_a_token_says_who_asks_until_it_expires(key: OKPKey, tmp_path: Path) -> None:
    clock = Time()
    verifier = Verifier(_write(tmp_path / "keys", key), clock)
    token = issue(key, "anna@example.com", "Änna", NOW, life=60)

    identity = await verifier.verify(token)
    assert (identity.email, identity.name, identity.expires) == (
        "anna@example.com",
        "Änna",
        NOW + 60,
    )
    clock.now = NOW + 66
    with pytest.raises(NotIdentified, match="expired"):
        await verifier.verify(token)


async def test_a_new_key_is_read_when_it_is_first_met(key: OKPKey, tmp_path: Path) -> None:
    clock = Time()
    path = tmp_path / "keys"
    verifier = Verifier(_write(path, key), clock)
    await verifier.verify(issue(key, "a", "", NOW))
    newer = OKPKey.generate_key("Ed25519", auto_kid=True)
    token = issue(newer, "b", "", NOW)
    with pytest.raises(NotIdentified):
        await verifier.verify(token)
    _write(path, key, newer)
    clock.now += 2
    assert (await verifier.verify(token)).email == "b"


async def test_what_proves_nothing(key: OKPKey, tmp_path: Path) -> None:
    verifier = Verifier(_write(tmp_path / "keys", key), Time())
    stranger = OKPKey.generate_key("Ed25519", auto_kid=True)
    good = {"iss": "facade", "aud": "services", "sub": "a", "exp": int(NOW + 60)}
    header = {"alg": "Ed25519", "kid": key.kid}
    secret = OctKey.import_key(json.dumps(key.as_dict(private=False)))
    forged = [
        None,
        "",
        "x.y.z",
        issue(stranger, "a", "", NOW),
        jwt.encode({"alg": "HS256", "kid": key.kid}, good, secret, algorithms=["HS256"]),
        *(
            jwt.encode(header, claims, key, algorithms=["Ed25519"])
            for claims in (
                good | {"iss": "me"},
                good | {"aud": "others"},
                {name: value for name, value in good.items() if name != "exp"},
                {name: value for name, value in good.items() if name != "sub"},
            )
        ),
    ]
    for token in forged:
        with pytest.raises(NotIdentified):
            await verifier.verify(token)


async def test_without_keys_nobody_is_refused_for_good(tmp_path: Path, key: OKPKey) -> None:
    verifier = Verifier(str(tmp_path / "missing"), Time())
    token = issue(key, "a", "", NOW)
    with pytest.raises(KeysAway):
        await verifier.verify(token)
    _write(tmp_path / "missing", key)
    assert (await verifier.verify(token)).email == "a"


def test_a_seal_is_opened_by_its_key_for_its_customer_only() -> None:
    private = OKPKey.generate_key("X25519", auto_kid=True)
    public = OKPKey.import_key(private.as_dict(private=False))
    sealed = seal(public, Session("anna@example.com", "session=abc"))
    assert "abc" not in sealed
    assert unseal(private, sealed, "anna@example.com").cookie == "session=abc"
    for key, text, email in (
        (private, sealed, "ben@example.com"),
        (private, sealed[:-4] + "AAAA", "anna@example.com"),
        (private, "nonsense", "anna@example.com"),
        (OKPKey.generate_key("X25519"), sealed, "anna@example.com"),
    ):
        with pytest.raises(NotSealed):
            unseal(key, text, email)

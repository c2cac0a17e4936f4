"""Which keys of a set may check a signature."""

import json
from typing import Any

import pytest
from joserfc.jwk import ECKey, OctKey, OKPKey, RSAKey

from facade.machines.keyset import LARGEST, BadKeySet, kind_of, read_set

EC = ECKey.generate_key("P-256", auto_kid=True).as_dict(private=False)


def keys_of(*listed: Any) -> list[str | None]:
    return [key.kid for key in read_set(json.dumps({"keys": [EC, *listed]}).encode())[1:]]


def test_each_kind_is_taken() -> None:
    rsa = RSAKey.generate_key(2048, auto_kid=True)
    okp = OKPKey.generate_key("Ed25519", auto_kid=True)
    listed = [rsa.as_dict(private=False), okp.as_dict(private=False)]
    assert keys_of(*listed) == [rsa.kid, okp.kid]


@pytest.mark.parametrize(
    "jwk",
    [
        {**EC, "use": "enc"},
        {**EC, "key_ops": ["deriveBits"]},
        {**EC, "x": "AAAA"},
        {**EC, "crv": "P-1"},
        ECKey.generate_key("P-256").as_dict(private=True),
        OctKey.generate_key(256).as_dict(private=True),
        OKPKey.generate_key("X25519").as_dict(private=False),
        {"kty": "RSA", "n": "AQAB", "e": "AQAB"},
        {"kty": ["EC"]},
        {},
        7,
        None,
    ],
    ids=[
        "encryption",
        "derivation",
        "short",
        "unknown-curve",
        "private",
        "symmetric",
        "exchange",
        "small-modulus",
        "type-is-a-list",
        "empty",
        "number",
        "nothing",
    ],  # of their own: a key is made at random, another one in each process
)
def test_others_are_left_out(jwk: Any) -> None:
    assert keys_of(jwk) == []


def test_a_short_key_is_left_out() -> None:
    with pytest.warns(UserWarning):
        short = RSAKey.generate_key(1024)
    assert keys_of(short.as_dict(private=False)) == []


@pytest.mark.parametrize(
    "data",
    [
        b"", b"[]", b"{}", b'{"keys": {}}', b'{"keys": []}', b'{"keys": [1]}',
        b'{"keys": [' + b"1," * 101 + b"1]}", b" " * (LARGEST + 1),
    ],
)  # fmt: skip
def test_what_has_no_key_is_no_set(data: bytes) -> None:
    with pytest.raises(BadKeySet):
        read_set(data)


def test_a_key_fits_its_algorithms() -> None:
    (key,) = read_set(json.dumps({"keys": [EC]}).encode())
    assert key.fits("ES256") and not key.fits("RS256") and not key.fits("HS256")
    (key,) = read_set(json.dumps({"keys": [{**EC, "alg": "ES384"}]}).encode())
    assert not key.fits("ES256")
    assert [kind_of(alg) for alg in ("PS512", "EdDSA", "Ed25519", "none", "HS256")] == [
        "RSA", "OKP", "OKP", "", ""
    ]  # fmt: skip

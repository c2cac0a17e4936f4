"""The public keys of an issuer: a JWK set (RFC 7517), of which only what may sign is taken."""

from typing import TYPE_CHECKING, Any, Final

import orjson

if TYPE_CHECKING:
    from joserfc.jwk import ECKey, OKPKey, RSAKey

    PublicKey = RSAKey | ECKey | OKPKey

LARGEST: Final = 256 * 1024  # bytes of a set
MOST_KEYS: Final = 100
LEAST_RSA_BITS: Final = 2048
KINDS: Final = {"R": "RSA", "P": "RSA", "E": "EC"}  # by the first letter of an algorithm


class BadKeySet(ValueError):
    """A JWK set without a key that can be used; the message says why."""


class SigningKey:
    """One key of a set."""

    __slots__ = ("alg", "key", "kid", "kind")

    def __init__(self, kid: str | None, kind: str, alg: str | None, key: "PublicKey") -> None:
        """`kind` is its `kty`; `alg` the one algorithm that it is for, None: any of its kind."""
        self.kid = kid
        self.kind = kind
        self.alg = alg
        self.key = key

    def fits(self, alg: str) -> bool:
        """Whether signatures of this algorithm are checked with it."""
        return self.kind == kind_of(alg) and self.alg in (None, alg)


def kind_of(alg: str) -> str:
    """The kind of keys that an algorithm signs with."""
    return "OKP" if alg.startswith("Ed") else KINDS.get(alg[:1], "")


def read_set(data: bytes) -> tuple[SigningKey, ...]:
    """The keys that may sign; others are left out. Raises BadKeySet."""
    if len(data) > LARGEST:
        raise BadKeySet(f"more than {LARGEST} bytes")
    try:
        listed = orjson.loads(data)["keys"]
    except (ValueError, TypeError, KeyError):
        raise BadKeySet('not a JWK set: {"keys": […]}') from None
    if not isinstance(listed, list) or len(listed) > MOST_KEYS:
        raise BadKeySet(f"expected a list of at most {MOST_KEYS} keys")
    keys = tuple(key for key in map(_key, listed) if key is not None)
    if not keys:
        raise BadKeySet("none of its keys can check a signature")
    return keys


def _key(jwk: Any) -> SigningKey | None:
    """None: it is secret, too short, for something else, or of a kind that signs nothing here."""
    from joserfc.errors import JoseError
    from joserfc.jwk import ECKey, OKPKey, RSAKey

    if not isinstance(jwk, dict) or jwk.get("use", "sig") != "sig":
        return None
    if "verify" not in jwk.get("key_ops", ["verify"]) or "d" in jwk or "k" in jwk:
        return None
    kid, alg = jwk.get("kid"), jwk.get("alg")
    public: dict[str, Any] = {name: jwk[name] for name in _PARTS if name in jwk}
    try:
        match jwk.get("kty"):
            case "RSA":
                rsa = RSAKey.import_key(public)
                long = rsa.public_key.key_size >= LEAST_RSA_BITS
                return SigningKey(kid, "RSA", alg, rsa) if long else None
            case "EC":
                return SigningKey(kid, "EC", alg, ECKey.import_key(public))
            case "OKP" if jwk.get("crv") == "Ed25519":
                return SigningKey(kid, "OKP", alg, OKPKey.import_key(public))
    except (JoseError, ValueError, TypeError, KeyError, AttributeError):
        return None
    return None


_PARTS: Final = ("kty", "n", "e", "crv", "x", "y")

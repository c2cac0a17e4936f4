"""Passwords as the monolith checks them, and what an address costs that nobody has."""

import hashlib

import pytest
from werkzeug.security import check_password_hash, generate_password_hash

from legacy_monolith.passwords import hashed
from new_services.accounts import passwords

WORDS = ["wandern-2024", "", "ü€😀", "a" * 5000, "with $ in it", "\0"]
METHODS = ["pbkdf2:sha256:1000", "pbkdf2:sha512:10", "scrypt:1024:8:1"]


@pytest.mark.parametrize("word", WORDS)
@pytest.mark.parametrize("method", METHODS)
def test_the_same_passwords_as_the_monolith(method: str, word: str) -> None:
    stored = generate_password_hash(word, method, 12)
    for given in (*WORDS, word + " ", word.upper()):
        assert passwords.matches(stored, given) == check_password_hash(stored, given), given


def test_the_shops_own_hashes() -> None:
    assert passwords.matches(hashed("wandern-2024"), "wandern-2024")
    assert not passwords.matches(hashed("wandern-2024"), "Wandern-2024")


@pytest.mark.parametrize(
    "stored",
    ["", "x", "$", "$$", "plain$a$b", "pbkdf2$a$b", "pbkdf2:no:1$a$b", "pbkdf2:sha256:x$a$b",
     "pbkdf2:sha256:0$a$b", "scrypt:1$a$b", "scrypt:3:8:1$a$b", "md5$a$900150983cd24fb0"],
)  # fmt: skip
def test_what_is_no_hash_fits_no_password(stored: str) -> None:
    for given in ("", "a", "b"):
        assert not passwords.matches(stored, given)


def test_half_a_character_is_no_error() -> None:
    assert not passwords.matches(hashed("a"), "\ud800")
    assert not passwords.matches(None, "\ud800")


def test_an_unknown_address_costs_what_a_known_one_does(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same function with the same rounds; how long it takes is the machine's affair."""
    costs: list[tuple[str, int]] = []
    real = hashlib.pbkdf2_hmac

    def counted(name: str, password: bytes, salt: bytes, rounds: int) -> bytes:
        costs.append((name, rounds))
        return real(name, password, salt, rounds)

    known = hashed("other")
    monkeypatch.setattr(passwords.hashlib, "pbkdf2_hmac", counted)
    assert not passwords.matches(None, "wandern-2024")
    assert not passwords.matches(known, "wandern-2024")
    assert costs == [("sha256", 1000)] * 2


def test_the_hash_for_unknown_addresses_is_no_way_in() -> None:
    """Not even for the password, were there one, that has it."""
    assert not passwords.matches(None, "")
    assert not passwords.matches("", "")

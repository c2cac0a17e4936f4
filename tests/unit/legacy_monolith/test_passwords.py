"""Passwords as in 2016."""

from legacy_monolith.passwords import hashed, matches


def test_the_right_password_matches_and_a_wrong_one_does_not() -> None:
    stored = hashed("wander-2016")
    assert matches(stored, "wander-2016")
    assert not matches(stored, "wander-2017")


def test_two_hashes_of_one_password_differ() -> None:
    assert hashed("wander-2016") != hashed("wander-2016")


def test_hash_fits_its_column() -> None:
    assert len(hashed("x" * 1000)) <= 200

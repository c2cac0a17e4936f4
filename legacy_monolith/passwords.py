"""Passwords, hashed as in 2016: PBKDF2, with as many rounds as a server could afford then."""

import hashlib
import secrets

from werkzeug.security import check_password_hash

ROUNDS = 1000


def hashed(password: str, salt: str | None = None) -> str:
    """In Werkzeug's own notation, `pbkdf2:sha256:rounds$salt$hex`."""
    salt = salt or secrets.token_hex(8)
    digest = hashlib.pbkdf2_hmac("sha256", password.encode(), salt.encode(), ROUNDS)
    return f"pbkdf2:sha256:{ROUNDS}${salt}${digest.hex()}"


def matches(stored: str, password: str) -> bool:
    """Whether the password is the one behind the stored hash."""
    return check_password_hash(stored, password)

"""The authorities are read once for all clients."""

import ssl

import pytest

from facade.control.judging.client import Client
from facade.control.trust import authorities


def test_they_are_read_once_and_what_they_sign_is_checked(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert authorities() is authorities()
    assert authorities().verify_mode is ssl.CERT_REQUIRED
    assert authorities().check_hostname
    monkeypatch.setattr("httpx2.create_ssl_context", None)
    Client(1, 1, timeout=1.0, most_bytes=1)  # reads none of its own

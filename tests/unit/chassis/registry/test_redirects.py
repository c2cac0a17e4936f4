"""A lease on legacy's place: written, read, run out, damaged."""

from pathlib import Path

import pytest

from chassis.registry.redirects import (
    LEASE_SECONDS,
    REDIRECTS,
    BadRedirects,
    Lent,
    grant,
    parse,
    revoke,
)

SIDECAR = {"legacy": ["http://127.0.0.1:40123"]}
DAMAGED = [
    b"",
    b"[]",
    b'{"until": 2000}',
    b'{"until": "soon", "addresses": {}}',
    b'{"until": 2000, "addresses": {"legacy": "http://a:1"}}',
    b'{"until": 2000, "addresses": {"legacy": []}}',
    b'{"until": 2000, "addresses": {"legacy": ["ftp://a:1"]}}',
    b'{"until": 2000, "addresses": {"legacy": ["http://"]}}',
]


@pytest.mark.parametrize("data", DAMAGED)
def test_a_damaged_file_lends_nothing(data: bytes, tmp_path: Path) -> None:
    with pytest.raises(BadRedirects):
        parse(data)
    (tmp_path / "file.json").write_bytes(data)
    assert Lent(tmp_path / "file.json", lambda: 0.0)() is None


def test_a_caller_follows_the_lease(tmp_path: Path) -> None:
    now = [1000.0]
    lent = Lent(tmp_path / REDIRECTS, lambda: now[0])
    assert lent() is None
    grant(tmp_path, SIDECAR, now=1000.0)
    assert lent() == ("127.0.0.1", 40123)
    now[0] = 1002.0
    grant(tmp_path, SIDECAR, now=1002.0)
    now[0] = 1004.9
    assert lent() == ("127.0.0.1", 40123), "it was renewed"
    now[0] = 1005.0
    assert lent() is None, "it ran out"
    grant(tmp_path, {"legacy": ["http://[::1]"]}, now=1005.0)
    assert lent() == ("::1", 80)
    revoke(tmp_path)
    assert lent() is None


def test_an_upstream_of_another_name_is_not_legacy(tmp_path: Path) -> None:
    grant(tmp_path, {"reports": ["http://127.0.0.1:1"]}, now=0.0)
    assert Lent(tmp_path / REDIRECTS, lambda: 0.0)() is None


def test_what_is_written_is_read(tmp_path: Path) -> None:
    revoke(tmp_path)
    assert not (tmp_path / REDIRECTS).exists()
    grant(tmp_path, SIDECAR, now=50.0)
    assert parse((tmp_path / REDIRECTS).read_bytes()) == (50.0 + LEASE_SECONDS, SIDECAR)
    revoke(tmp_path)
    assert parse((tmp_path / REDIRECTS).read_bytes()) == (0.0, {})

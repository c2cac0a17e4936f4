"""What limits are compiled to."""

import pytest

from facade.routes.file.reading import load
from facade.routes.limits.compiling import compile_limits
from facade.routes.limits.limit import Limit

FILE = "facade: {identity: {ask: /me}}\nupstreams: {legacy: {url: http://h}}\nlimits: {one: {%s}}\n"


def compiled(inside: str) -> Limit:
    return compile_limits(load((FILE % inside).encode()).file)["one"]


@pytest.mark.parametrize(
    ("inside", "interval", "burst", "policy"),
    [
        ("rate: 10/m, burst: 20", 6_000_000_000, 20, b'"one";q=20;w=120'),
        ("rate: 10/m", 6_000_000_000, 10, b'"one";q=10;w=60'),
        ("rate: 7/s", 142_857_142, 7, b'"one";q=7;w=1'),
        ("rate: 1000000/s, burst: 1", 1_000, 1, b'"one";q=1;w=1'),
        ("rate: 1/d", 86_400_000_000_000, 1, b'"one";q=1;w=86400'),
    ],
)
def test_rate_and_burst(inside: str, interval: int, burst: int, policy: bytes) -> None:
    one = compiled(inside)
    assert (one.interval, one.burst, one.policy) == (interval, burst, policy)
    assert one.enforced is False, "shadow comes first"
    assert compiled(f"{inside}, mode: enforce").enforced


def test_keys() -> None:
    one = compiled("rate: 1/s, key: [session, person, 'cookie:a', 'header:X-B', client]")
    names = [name for name, _ in one.keys]
    assert names == ["session", "person", "cookie:a", "header:X-B", "client"]
    headers = [(b"cookie", b"session=s; a=1"), (b"x-b", b"2")]
    found = [extract(headers, "/", "2001:db8::1") for _, extract in one.keys]
    assert found == ["s", None, "1", "2", "2001:db8::/64"]

"""What answers say of limits."""

from facade.proxy.limits import ratelimit
from facade.proxy.limits.buckets import Taken
from facade.routes.limits.limit import Arrival, Limit

SECOND = 1_000_000_000


def taken(name: str, left: int, wait: int, *, enforced: bool = True) -> Taken:
    limit = Limit(name, SECOND, 5, (), enforced, b'"%b";q=5;w=5' % name.encode())
    return Taken(limit, ("client", "a"), b"", Arrival(0, left, wait))


def test_what_is_enforced_is_said() -> None:
    both = [taken("a", 4, SECOND), taken("b", 0, 1), taken("c", 0, 1, enforced=False)]
    assert ratelimit.lines(both) == (
        b'RateLimit-Policy: "a";q=5;w=5, "b";q=5;w=5\r\nRateLimit: "a";r=4;t=1, "b";r=0;t=1\r\n'
    )
    assert ratelimit.lines(both[2:]) == b""
    assert (
        ratelimit.lines(both[:1]) == b'RateLimit-Policy: "a";q=5;w=5\r\nRateLimit: "a";r=4;t=1\r\n'
    )


def test_the_longest_wait_counts() -> None:
    text, lines, members = ratelimit.refusal(
        [taken("a", -1, SECOND + 1), taken("b", -1, 7 * SECOND)]
    )
    assert text == "Too many requests. Please try again in 7 seconds."
    assert lines.startswith(b"Retry-After: 7\r\nRateLimit-Policy: ")
    assert b'RateLimit: "a";r=0;t=2, "b";r=0;t=7\r\n' in lines
    assert members["violated-policies"] == ["a", "b"]
    assert ratelimit.refusal([taken("a", -1, 5)])[0].endswith("in 1 second.")

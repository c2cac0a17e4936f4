"""What an answer says of limits: draft-ietf-httpapi-ratelimit-headers-11, RFC 9457, RFC 9110.

    RateLimit-Policy: "checkout";q=20;w=120     20 at once, 120 seconds until all are there again
    RateLimit: "checkout";r=3;t=6               3 are left, the next one comes in 6 seconds

Limits in mode `shadow` have no header.
"""

from collections.abc import Sequence
from typing import Any, Final

from facade.proxy.limits.buckets import Taken

NANOSECONDS: Final = 1_000_000_000
TYPE: Final = "https://iana.org/assignments/http-problem-types#quota-exceeded"
TITLE: Final = "Request cannot be satisfied as assigned quota has been exceeded"
TEXT: Final = "Too many requests. Please try again in {seconds} {unit}."


def seconds_of(nanoseconds: int) -> int:
    """The same in whole seconds, rounded up, at least one."""
    return max(1, -(-nanoseconds // NANOSECONDS))


def lines(taken: Sequence[Taken]) -> bytes:
    """The two fields, of limits that are enforced; empty where there is none."""
    if len(taken) == 1 and taken[0].limit.enforced:  # the usual case, at half of the cost
        return b"RateLimit-Policy: %b\r\nRateLimit: %b\r\n" % (
            taken[0].limit.policy,
            _state(taken[0]),
        )
    enforced = [one for one in taken if one.limit.enforced]
    if not enforced:
        return b""
    return b"RateLimit-Policy: %b\r\nRateLimit: %b\r\n" % (
        b", ".join([one.limit.policy for one in enforced]),
        b", ".join(map(_state, enforced)),
    )


def refusal(violated: Sequence[Taken]) -> tuple[str, bytes, dict[str, Any]]:
    """What a request that is not let through is answered: text, header lines, problem members."""
    wait = max(seconds_of(one.arrival.wait) for one in violated)
    text = TEXT.format(seconds=wait, unit="second" if wait == 1 else "seconds")
    members = {
        "type": TYPE,
        "title": TITLE,
        "violated-policies": [one.limit.name for one in violated],
    }
    return text, b"Retry-After: %d\r\n%b" % (wait, lines(violated)), members


def _state(taken: Taken) -> bytes:
    arrival = taken.arrival
    return b'"%b";r=%d;t=%d' % (
        taken.limit.name.encode("ascii"),
        max(0, arrival.left),
        seconds_of(arrival.wait),
    )

"""A service is killed, or frozen past its lease, at each step of a cutover of its domain.

A `world` has the service's name and its domain, starts cutovers and knows where they stand.
"""

import contextlib
import signal
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx2
import psycopg

from chassis.ownership.records import LEASE_SECONDS
from tests.rigs.shop.sides import feed_stopped

ENTERED = "SELECT pg_advisory_xact_lock_shared(hashtext(%s), 3)"
PHASE = "SELECT phase FROM domain_owner WHERE domain = %s"
LEASE = "SELECT lease_until < clock_timestamp() FROM domain_owner WHERE domain = %s"

Held = Callable[[Any], contextlib.AbstractContextManager[None]]
Step = tuple[str, Held, str]


@contextlib.contextmanager
def in_a_write(world: Any) -> Iterator[None]:
    """A write of ours is in its transaction."""
    with psycopg.connect(world.databases[world.service]) as connection:
        connection.execute(ENTERED, [f"owner of {world.domain}"])
        yield


def steps(before_the_fence: Held, before_legacy_has_all: Held) -> dict[str, Step]:
    """By name: the owner that a cutover goes to, what holds it at the step, its phase then.

    Behind the fence the feed stands still, so the read model does not come to the fence.
    """
    return {
        "before the fence": ("new", before_the_fence, "moving"),
        "behind the fence": ("new", feed_stopped, "fenced"),
        "before our own fence": ("legacy", in_a_write, "moving"),
        "before legacy has all": ("legacy", before_legacy_has_all, "fenced"),
    }


def struck(
    world: Any, step: Step, how: str, send: Callable[[], httpx2.Response], statuses: set[int]
) -> None:
    """Strike the service at the step, `how`: killed or frozen, while a form is sent.

    The form is answered with one of the statuses or not at all; the owner of before goes on.
    """
    toward, held, expected = step
    before = "legacy" if toward == "new" else "new"
    if world.standing()["owner"] != before:
        world.move(before)
    with ThreadPoolExecutor(1) as pool:
        with held(world):
            assert world.begin(toward).status_code == 202
            world.until(expected, lambda: _value(world, PHASE) == expected)
            form = pool.submit(send)
            if how == "killed":
                world.processes[world.service].kill()
            else:
                world.signal(signal.SIGSTOP)
                world.until("lease over", lambda: _value(world, LEASE), 10 * LEASE_SECONDS)
        if how == "killed":
            world.restart()
        else:
            world.signal(signal.SIGCONT)
        with contextlib.suppress(httpx2.HTTPError):
            assert form.result().status_code in statuses
    standing = world.settled(before)
    assert standing["words"], standing
    assert standing["rogues"] == []


def _value(world: Any, statement: str) -> Any:
    return world.query(world.databases[world.service], statement, world.domain)[0][0]

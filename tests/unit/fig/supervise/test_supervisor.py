"""The order of starting and stopping, and what happens when something does not come up."""

import asyncio

import pytest

from fig.errors import FigError
from fig.supervise.supervisor import NotUp, Unknown, check_order


async def test_who_needs_something_starts_after_it(supervise, service, oneshot):
    supervisor, launcher, _ = supervise(
        service("db", ready_after=5), oneshot("tables", "db"), service("shop", "tables")
    )

    await supervisor.start()

    assert launcher.journal == ["start db", "start tables", "start shop"]
    assert supervisor.ready
    await supervisor.stop()


async def test_those_that_need_nothing_of_each_other_start_together(supervise, service):
    """`slow` becomes ready only after `quick` was asked for: in turn, `quick` would wait for it."""
    supervisor, launcher, seen = supervise(
        service("slow", ready_after=50), service("quick"), service("last", "slow", "quick")
    )

    await supervisor.start()

    assert launcher.journal == ["start slow", "start quick", "start last"]
    assert seen.index("quick ready") < seen.index("slow ready")
    await supervisor.stop()


async def test_stopping_goes_in_reverse_the_last_one_alone(supervise, service, oneshot):
    supervisor, launcher, _ = supervise(
        service("db"), oneshot("tables", "db"), service("shop", "tables"), service("facade")
    )
    await supervisor.start()
    launcher.journal.clear()

    await supervisor.stop()

    assert launcher.journal == ["SIGTERM facade", "SIGTERM shop", "SIGTERM db"]
    assert [status.word for status in supervisor.statuses] == [
        "stopped",
        "done",
        "stopped",
        "stopped",
    ]


async def test_those_that_nothing_needs_stop_together(supervise, service, oneshot):
    """A deaf one keeps what it needs waiting, and not the others."""
    supervisor, launcher, _ = supervise(
        service("bus"), service("db"), oneshot("tables", "db"), service("deaf", "bus", grace=0.05),
        service("shop", "tables"), service("stock", "tables"), service("facade"),
    )  # fmt: skip
    launcher.deaf.add("deaf")
    await supervisor.start()
    launcher.journal.clear()

    await supervisor.stop()

    first, *rest = launcher.journal
    assert first == "SIGTERM facade"
    assert set(rest[:3]) == {"SIGTERM stock", "SIGTERM shop", "SIGTERM deaf"}
    assert rest[3:] == ["SIGTERM db", "SIGKILL deaf", "SIGTERM bus"]


async def test_the_deaf_are_killed_after_their_grace(supervise, service):
    supervisor, launcher, _ = supervise(service("deaf", grace=0.01))
    launcher.deaf.add("deaf")
    await supervisor.start()

    await supervisor.stop()

    assert launcher.journal == ["start deaf", "SIGTERM deaf", "SIGKILL deaf"]


async def test_a_oneshot_that_fails_ends_the_start_and_names_itself(supervise, service, oneshot):
    supervisor, launcher, _ = supervise(
        service("db"), oneshot("tables", "db"), service("shop", "tables"), exits={"tables": [1]}
    )

    with pytest.raises(NotUp, match="tables did not start: it ended with exit code 1") as failure:
        await supervisor.start()

    assert failure.value.name == "tables"
    assert "start shop" not in launcher.journal
    await supervisor.stop()
    assert launcher.journal[-1] == "SIGTERM db"


async def test_bad_settings_end_the_start_at_once(supervise, service):
    supervisor, launcher, _ = supervise(service("shop"), exits={"shop": [2, None]})

    with pytest.raises(NotUp, match="exit code 2"):
        await supervisor.start()

    assert launcher.journal == ["start shop"]


async def test_a_start_that_fails_otherwise_is_tried_again(supervise, service):
    supervisor, launcher, _ = supervise(service("shop"), exits={"shop": [1, -9, None]})

    await supervisor.start()

    assert launcher.journal.count("start shop") == 3
    await supervisor.stop()


async def test_but_not_for_ever(supervise, service):
    supervisor, launcher, _ = supervise(service("shop"), exits={"shop": [1] * 50})

    with pytest.raises(NotUp):
        await supervisor.start()

    assert launcher.journal.count("start shop") == 5


async def test_who_never_becomes_ready_is_given_up_with_the_reason(supervise, service):
    supervisor, _, _ = supervise(service("shop", ready_after=0, patience=3))

    with pytest.raises(NotUp, match="was not ready within 3 s"):
        await supervisor.start()


async def test_a_oneshot_may_work_for_minutes(supervise, oneshot, service, time_, until):
    supervisor, launcher, _ = supervise(
        oneshot("tables"), service("shop", "tables"), exits={"tables": [None]}
    )
    starting = asyncio.create_task(supervisor.start())
    await until(lambda: time_.now() > 300.0)
    launcher.children["tables"].end(0)
    await starting
    assert launcher.journal == ["start tables", "start shop"]
    await supervisor.stop()


async def test_but_one_that_hangs_is_given_up(supervise, oneshot):
    supervisor, launcher, _ = supervise(oneshot("tables"), exits={"tables": [None]})
    with pytest.raises(NotUp, match="tables did not start: it was not done within 600 s"):
        await supervisor.start()
    assert launcher.journal == ["start tables", "SIGKILL tables"]


async def test_stop_while_starting_ends_those_that_wait(supervise, service, until):
    supervisor, launcher, _ = supervise(
        service("db", ready_after=10**9, patience=10**9), service("shop", "db")
    )
    starting = asyncio.create_task(supervisor.start())
    await until(lambda: launcher.journal)

    starting.cancel()
    await supervisor.stop()

    assert launcher.journal == ["start db", "SIGTERM db"]


async def test_settings_reach_the_process(supervise, service):
    supervisor, launcher, _ = supervise(service("shop"), extra={"shop": {"FAULT": "rounding"}})
    await supervisor.start()
    assert launcher.environments["shop"] == {"FAULT": "rounding"}
    await supervisor.stop()


def test_settings_for_an_unknown_process_are_refused(supervise, service):
    with pytest.raises(Unknown, match="unknown process 'shopp' \\(expected one of shop\\)"):
        supervise(service("shop"), extra={"shopp": {}})


async def test_restart_of_unknown_and_of_oneshots_is_refused(supervise, service, oneshot):
    supervisor, _, _ = supervise(oneshot("tables"), service("shop"))
    await supervisor.start()

    with pytest.raises(Unknown):
        await supervisor.restart("nobody", {})
    with pytest.raises(FigError, match="tables runs once at the start"):
        await supervisor.restart("tables", {})
    await supervisor.stop()


def test_a_need_that_stands_later_is_a_mistake(service):
    with pytest.raises(ValueError, match="shop needs \\['db'\\]"):
        check_order([service("shop", "db"), service("db")])


async def test_what_is_not_listed_any_more_ends_for_good(supervise, service, oneshot):
    old, new = service("shop", "db"), service("shop", "db", env={"ALONE": "yes"})
    supervisor, launcher, _ = supervise(
        service("db"), oneshot("seed", "db"), service("legacy", "seed"), old
    )
    await supervisor.start()
    launcher.journal.clear()

    gone = await supervisor.relist((service("db"), new))

    assert gone == ["legacy"]
    assert launcher.journal == ["SIGTERM legacy"]
    assert [status.name for status in supervisor.statuses] == ["db", "shop"]
    assert supervisor.ready
    with pytest.raises(Unknown):
        await supervisor.restart("legacy", {})
    assert await supervisor.restart("shop", {}) is None
    assert launcher.environments["shop"] == {"ALONE": "yes"}, "it starts as it is listed now"
    await supervisor.stop()


async def test_a_list_in_the_wrong_order_changes_nothing(supervise, service):
    supervisor, launcher, _ = supervise(service("db"), service("shop", "db"))
    await supervisor.start()
    with pytest.raises(ValueError, match="are not listed before it"):
        await supervisor.relist((service("shop", "db"),))
    assert launcher.journal == ["start db", "start shop"]
    await supervisor.stop()

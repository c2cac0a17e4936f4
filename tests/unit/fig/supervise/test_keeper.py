"""One process: it comes back when it dies, and takes other settings when told to."""

import asyncio

from fig.supervise.standing import ending


async def test_a_service_that_dies_is_started_again(supervise, service, until):
    supervisor, launcher, seen = supervise(service("shop"))
    await supervisor.start()
    seen.clear()

    launcher.children["shop"].end(-9)
    await until(lambda: launcher.journal.count("start shop") == 2 and supervisor.ready)

    assert seen[:2] == ["shop backoff", "shop starting"]
    (status,) = supervisor.statuses
    assert (status.restarts, status.word) == (1, "ready")
    await supervisor.stop()


async def test_only_the_dead_one_is_started_again(supervise, service, until):
    supervisor, launcher, _ = supervise(service("db"), service("shop", "db"))
    await supervisor.start()

    launcher.children["db"].end(1)
    await until(lambda: launcher.journal.count("start db") == 2 and supervisor.ready)

    assert launcher.journal == ["start db", "start shop", "start db"]
    await supervisor.stop()


async def test_who_dies_again_and_again_is_started_less_and_less_often(
    supervise, service, time_, until
):
    supervisor, launcher, _ = supervise(service("shop"))
    await supervisor.start()
    pauses = []
    for _ in range(9):
        before = time_.now()
        starts = launcher.journal.count("start shop")
        launcher.children["shop"].end(1)
        await until(lambda n=starts: launcher.journal.count("start shop") > n and supervisor.ready)
        pauses.append(time_.now() - before)

    assert pauses[0] < 0.3
    assert max(pauses) <= 5.1
    assert pauses[-1] > 2
    await supervisor.stop()


async def test_who_ran_long_enough_starts_again_at_once(supervise, service, time_, until):
    supervisor, launcher, _ = supervise(service("shop"))
    await supervisor.start()
    for _ in range(6):
        time_.seconds += 60
        before = time_.now()
        starts = launcher.journal.count("start shop")
        launcher.children["shop"].end(1)
        await until(lambda n=starts: launcher.journal.count("start shop") > n and supervisor.ready)
        assert time_.now() - before < 0.3
    await supervisor.stop()


async def test_a_service_that_ends_with_zero_is_dead_too(supervise, service, until):
    supervisor, launcher, _ = supervise(service("shop"))
    await supervisor.start()

    launcher.children["shop"].end(0)
    await until(lambda: launcher.journal.count("start shop") == 2)
    await supervisor.stop()


async def test_restart_with_other_settings(supervise, service):
    supervisor, launcher, _ = supervise(service("shop", env={"A": "1", "B": "1"}))
    await supervisor.start()

    verdict = await supervisor.restart("shop", {"B": "2"})

    assert verdict is None
    assert launcher.journal == ["start shop", "SIGTERM shop", "start shop"]
    assert launcher.environments["shop"] == {"A": "1", "B": "2"}
    assert supervisor.statuses[0].restarts == 0, "wanted restarts are not deaths"
    await supervisor.stop()


async def test_restart_that_does_not_come_up_goes_back_to_the_former_settings(
    supervise, service, until
):
    supervisor, launcher, _ = supervise(
        service("shop", env={"FAULT": ""}), exits={"shop": [None, 2, None]}
    )
    await supervisor.start()

    verdict = await supervisor.restart("shop", {"FAULT": "nonsense"})

    assert verdict == 2
    await until(lambda: supervisor.ready)
    assert launcher.environments["shop"] == {"FAULT": ""}
    await supervisor.stop()


async def test_restart_of_one_that_waits_after_a_death_does_not_wait(
    supervise, service, time_, until
):
    async def for_ever(_seconds: float) -> None:
        await asyncio.Event().wait()

    supervisor, launcher, seen = supervise(service("shop"))
    await supervisor.start()
    time_.sleep = for_ever  # type: ignore[method-assign]
    keeper = supervisor._keeper("shop")
    keeper._clock = time_.clock
    launcher.children["shop"].end(1)
    await until(lambda: seen[-1] == "shop backoff")

    async with asyncio.timeout(5):
        assert await supervisor.restart("shop", {}) is None
        await supervisor.stop()


async def test_restart_with_a_pause_stays_down_for_so_long(supervise, service, time_):
    supervisor, launcher, seen = supervise(service("shop"))
    await supervisor.start()
    seen.clear()
    before = time_.now()

    assert await supervisor.restart("shop", {}, pause=8.0) is None

    assert time_.now() - before >= 8.0
    assert [word for word in seen if word == "shop backoff"] == ["shop backoff"]
    assert launcher.journal == ["start shop", "SIGTERM shop", "start shop"]
    assert supervisor.statuses[0].restarts == 0, "wanted restarts are not deaths"
    await supervisor.stop()


async def test_a_pause_does_not_hold_up_the_end(supervise, service, time_, until):
    async def for_ever(_seconds: float) -> None:
        await asyncio.Event().wait()

    supervisor, launcher, seen = supervise(service("shop"))
    await supervisor.start()
    time_.sleep = for_ever  # type: ignore[method-assign]
    supervisor._keeper("shop")._clock = time_.clock
    restarting = asyncio.create_task(supervisor.restart("shop", {}, pause=600.0))
    await until(lambda: seen[-1] == "shop backoff")

    async with asyncio.timeout(5):
        await supervisor.stop()
    restarting.cancel()
    assert launcher.journal == ["start shop", "SIGTERM shop"]


async def test_nobody_is_started_again_while_stopping(supervise, service):
    supervisor, launcher, _ = supervise(service("db"), service("shop", "db"))
    await supervisor.start()
    launcher.children["shop"].end(1)

    await supervisor.stop()

    assert launcher.journal.count("start shop") == 1


async def test_kill_ends_all_at_once(supervise, service):
    supervisor, launcher, _ = supervise(service("db"), service("shop"))
    launcher.deaf.update(("db", "shop"))
    await supervisor.start()

    supervisor.kill()
    await supervisor.stop()

    assert launcher.journal[2:] == ["SIGKILL db", "SIGKILL shop"]


def test_endings_in_words():
    assert ending(3) == "ended with exit code 3"
    assert ending(-9) == "was ended by SIGKILL"
    assert ending(-250) == "was ended by signal 250"

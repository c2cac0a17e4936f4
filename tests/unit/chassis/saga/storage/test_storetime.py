"""The store's time, whatever the clocks of an instance show."""

from chassis.saga.storage.storetime import SLOW_SECONDS, StoreTime
from tests.rigs.sagas.faults import InstanceClock, VirtualClock


async def test_two_instances_agree_however_wrong_their_clocks_are() -> None:
    world = VirtualClock()
    instances = [InstanceClock(world, wrong, booted) for wrong, booted in ((0, 5e3), (-20, 7e6))]

    async def now() -> float:
        return world.now()

    times = [StoreTime(now, clock) for clock in instances]
    for each in times:
        await each.ask()
    await world.sleep(100.0)
    instances[0].wrong = 3600.0
    assert [each.now() for each in times] == [world.now()] * 2


async def test_an_answer_that_took_long_does_not_set_it() -> None:
    world = VirtualClock()

    async def now() -> float:
        return world.now()

    time = StoreTime(now, world)
    await time.ask()
    sent = world.monotonic()
    await world.sleep(2 * SLOW_SECONDS)
    time.heard(world.now() - 2 * SLOW_SECONDS, sent)  # said at the beginning, heard at the end
    assert time.now() == world.now()
    time.heard(world.now() + 30.0, world.monotonic())  # another server took over
    assert time.now() == world.now() + 30.0

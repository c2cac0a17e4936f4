"""Calls to a service with several instances: who is asked, who is passed over, who is not."""

import contextlib
from collections.abc import AsyncIterator
from typing import Any

import pytest

from chassis.breaker.guard import Held
from chassis.web.client import Answer, NoAnswer, NotConnected, NotSent, NoTurn, Request
from chassis.web.service import NobodyThere, ServiceClient

ONE, TWO = "http://one:1", "http://two:1"
ASK = Request("POST", "/payments/1/capture", body=b"{}")
OK = Answer(200, {}, b"ok")


class Instance:
    """Answers as told; stands for the HttpClient to it."""

    def __init__(self) -> None:
        self.says: Answer | Exception = OK
        self.full = self.closed = False
        self.asked = 0

    @contextlib.asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        if self.full:
            raise NoTurn("no turn")
        yield

    async def exchange(self, _: Request) -> Answer:
        self.asked += 1
        if isinstance(self.says, Exception):
            raise self.says
        return self.says

    async def close(self) -> None:
        self.closed = True


class World:
    """Two instances, as the registry knows them."""

    def __init__(self) -> None:
        self.now, self.urls = 100.0, [ONE, TWO]
        self.at = {ONE: Instance(), TWO: Instance()}
        connect: Any = self.at.__getitem__
        self.client = ServiceClient(
            "payments", lambda: self.urls, clock=lambda: self.now, chance=lambda: 0.0,
            connect=connect,
        )  # fmt: skip

    async def ask(self, times: int = 1) -> Answer:
        for _ in range(times):
            answer = await self.client.send(ASK, lambda found: found.status == 500)
        return answer


async def test_all_instances_are_asked_in_turn() -> None:
    world = World()
    await world.ask(10)
    assert [each.asked for each in world.at.values()] == [5, 5]


async def test_one_dead_instance_is_seen_by_no_client() -> None:
    world = World()
    world.at[ONE].says = NotConnected("refused")
    assert (await world.ask(40)).status == 200
    assert world.at[TWO].asked == 40
    assert world.at[ONE].asked < 10  # its breaker is open


async def test_one_whose_turns_are_all_taken_is_passed_over() -> None:
    world = World()
    world.at[ONE].full = True
    await world.ask(10)
    assert world.at[TWO].asked == 10
    assert world.client.facts()[ONE]["state"] == "closed"  # it is our own queue


@pytest.mark.parametrize("error", [NoAnswer("silent"), NotSent("half sent")])
async def test_one_that_was_asked_and_did_not_answer_is_not_followed_by_another(
    error: Exception,
) -> None:
    world = World()
    for each in world.at.values():
        each.says = error
    with pytest.raises(type(error)):
        await world.ask()
    assert sum(each.asked for each in world.at.values()) == 1


async def test_one_that_stands_still_is_left_alone_after_a_while() -> None:
    world = World()
    world.at[ONE].says = NoAnswer("silent")
    failed = 0
    for _ in range(40):
        try:
            await world.ask()
        except NoAnswer:
            failed += 1
    assert failed == 6
    assert not world.client.held()


async def test_where_all_are_held_nobody_is_asked_and_it_says_so() -> None:
    world = World()
    for each in world.at.values():
        each.says = Answer(500, {}, b"")
    await world.ask(12)
    assert world.client.held()
    with pytest.raises(Held, match="payments at http"):
        await world.ask()
    world.now += 1.0
    assert not world.client.held()


async def test_instances_come_and_go() -> None:
    world = World()
    await world.ask(2)
    world.urls = [TWO]
    await world.ask(2)
    assert (world.at[ONE].asked, world.at[ONE].closed) == (1, True)
    world.urls = []
    with pytest.raises(NobodyThere, match="no instance of payments is known"):
        await world.ask()
    await world.client.close()
    assert world.at[TWO].closed

"""What an operator does with dead letters: see them, mend the cause, send them again, drop them."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from prometheus_client import CollectorRegistry

from chassis.events.inbox import Inbox, Limits
from chassis.events.outbox import Relay
from contracts.events import envelope as events
from fig.__main__ import cli
from fig.commands.data import deadletters
from fig.errors import FigError

pytestmark = pytest.mark.integration

FAST = Limits(attempts=2, deaths=3, first_pause=0.01, most_pause=0.02)


@pytest.fixture
def fig(nats_server: Any, tmp_path: Path) -> Callable[..., Any]:
    """`fig deadletters …` against the test's bus, beside the test's own loop."""

    async def call(*words: str) -> Result:
        arguments = ["--home", str(tmp_path), "deadletters", *words, "--nats", nats_server.url]
        return await asyncio.to_thread(CliRunner().invoke, cli, arguments)

    return call


@pytest.fixture
async def poisoned(service: Any, moved: Any, handlers: Any, until: Any) -> AsyncIterator[Any]:
    """Of three events the second could not be taken."""
    service.run(Relay(service.url, service.nats, CollectorRegistry()).run())
    consumer = service.run(_consumer(service, handlers).run())
    await service.tell(moved("a", 1), moved("a", 2, poison=True), moved("a", 3))
    await until(lambda: _seen(service, 2), "handled")
    consumer.cancel()
    yield service


def _consumer(service: Any, handlers: Any) -> Inbox:
    registry = CollectorRegistry()
    return Inbox(service.url, service.nats, "watcher", handlers, registry, FAST)


async def _seen(service: Any, count: int) -> bool:
    return len(await service.seen()) >= count


async def test_they_are_listed_with_who_and_why(poisoned: Any, fig: Any) -> None:
    listed = await fig()
    assert listed.exit_code == 1
    assert "watcher" in listed.output and "cannot stomach this" in listed.output
    shown = json.loads((await fig("show", "1", "--json")).output)["letters"][0]
    assert shown["subject"] == "events.test.moved"
    assert shown["body"]["data"] == {"thing": "a", "step": 2, "poison": True}


async def test_sent_again_it_reaches_only_who_has_not_handled_it(
    poisoned: Any, moved: Any, fig: Any, until: Any
) -> None:
    async def mended(connection: Any, event: Any, _: Any) -> None:
        await connection.execute(
            "INSERT INTO seen (thing, step) VALUES ($1, $2)", event.thing, event.step
        )

    sent = await fig("replay", "--all")
    assert sent.exit_code == 0 and "sent again" in sent.output
    poisoned.run(_consumer(poisoned, {moved: mended}).run())
    await until(lambda: _seen(poisoned, 3), "handled")
    assert await poisoned.seen() == [("a", 1), ("a", 3), ("a", 2)]
    assert (await fig()).exit_code == 0


async def test_dropped_it_is_gone_and_an_unknown_one_is_bad_input(poisoned: Any, fig: Any) -> None:
    assert (await fig("drop", "1")).exit_code == 0
    assert "no dead letters" in (await fig()).output
    unknown = await fig("replay", "1")
    assert isinstance(unknown.exception, FigError)
    assert unknown.exception.exit_code == 2


@pytest.fixture
async def many(service: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """More dead letters than a list shows, and a gap among them."""
    monkeypatch.setattr(deadletters, "MOST", 2)
    headers = {events.DEAD_CONSUMER: "watcher", events.DEAD_SUBJECT: "events.test.moved"}
    jetstream = service.nats.jetstream()
    for _ in range(6):
        await jetstream.publish("deadletters.watcher", b"{}", headers=headers)
    await jetstream.delete_msg(events.DEAD_STREAM, 3)
    return service


async def test_a_list_says_how_many_more_there_are(many: Any, fig: Any) -> None:
    assert (await fig()).output.rstrip().endswith("and 3 more; --all lists them")
    short = json.loads((await fig("--json")).output)
    assert ([one["number"] for one in short["letters"]], short["more"]) == ([1, 2], 3)
    whole = json.loads((await fig("--all", "--json")).output)
    assert ([one["number"] for one in whole["letters"]], whole["more"]) == ([1, 2, 4, 5, 6], 0)


@pytest.mark.parametrize("action", ["replay", "drop"])
async def test_all_are_all_however_many(many: Any, fig: Any, action: str) -> None:
    done = json.loads((await fig(action, "--all", "--json")).output)
    assert [one["number"] for one in done["letters"]] == [1, 2, 4, 5, 6]
    assert "no dead letters" in (await fig()).output


async def test_no_bus_is_said_so(tmp_path: Path) -> None:
    arguments = ["--home", str(tmp_path), "deadletters", "--nats", "nats://127.0.0.1:9"]
    result = await asyncio.to_thread(CliRunner().invoke, cli, arguments)
    assert isinstance(result.exception, FigError)
    assert "the bus does not answer" in str(result.exception)


@pytest.mark.parametrize("words", [(), ("list", "--all"), ("drop", "--all")])
async def test_where_there_never_was_one_there_is_none(
    service: Any, fig: Any, words: tuple[str, ...]
) -> None:
    state = (await service.nats.jetstream().stream_info(events.DEAD_STREAM)).state
    assert state.messages == 0
    listed = await fig(*words)
    assert (listed.exit_code, listed.output.strip()) == (0, "no dead letters")

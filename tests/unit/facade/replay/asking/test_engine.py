"""A whole replay on a fake asker: who is asked what, how often, and what is made of it."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date

import pytest

from facade.compare.answers import Answer
from facade.replay.asking.engine import Replay, Setting
from facade.replay.asking.pacing import Pace
from facade.replay.asking.selecting import Against, Selection
from facade.replay.asking.targets import Targets
from facade.replay.formats.recorded import Exchange, FileEnd
from facade.replay.judging import Judge
from facade.replay.report import Report
from facade.routes.table import RouteTable
from tests.rigs.replay import FakeAsker, Reply

LEGACY, NEW = "http://legacy:1", "http://catalog:1"
Make = Callable[..., Exchange]
MakeAnswer = Callable[..., Answer]


class Scene:
    """A replay of some exchanges."""

    def __init__(self, table: RouteTable, reply: Reply, against: Against = Against.BOTH) -> None:
        self.asker = FakeAsker(reply)
        self.judge = Judge(table, against, date(2026, 6, 1))
        targets = Targets({"legacy": [LEGACY], "catalog": [NEW]})
        self.setting = Setting(targets, Selection(against), self.judge, Pace(), concurrency=4)

    async def run(self, *recorded: Exchange | FileEnd) -> Report:
        outcomes = await Replay(self.setting, self.asker).run(iter(recorded))
        return Report(self.setting.selection.against, outcomes, self.judge.evidence)

    def asked(self, url: str) -> int:
        return sum(1 for asked, *_ in self.asker.asked if asked == url)


async def test_the_same_answers_alter_nothing(
    table: RouteTable, exchange: Make, json_answer: MakeAnswer
) -> None:
    scene = Scene(table, lambda url, one: json_answer(path=one.target))
    report = await scene.run(*(exchange(f"/products/B-{at}") for at in range(50)))
    assert report.verdict == "this change alters 0 of 50 answers, 0 of them expected"
    assert report.good
    assert (scene.asked(LEGACY), scene.asked(NEW)) == (50, 50)
    assert scene.asker.most_at_once <= 8, "four questions to two sides each"
    assert not any("fig-after" in dict(sent) for sent in scene.asker.headers[::2])
    assert all("fig-after" in dict(sent) for sent in scene.asker.headers[1::2])


async def test_expected_and_unexpected_differences_are_distinguished(
    table: RouteTable, exchange: Make, json_answer: MakeAnswer
) -> None:
    def reply(url: str, one: Exchange) -> Answer:
        new, number = url == NEW, int(one.target.rpartition("-")[2])
        text = "Only 1 left" if new and number % 10 == 0 else "Only 1 lefts"
        return json_answer(price="10.01" if new and number == 7 else "10.00", stock_text=text)

    scene = Scene(table, reply)
    report = await scene.run(*(exchange(f"/products/B-{at}") for at in range(1, 41)))
    assert report.verdict == "this change alters 5 of 40 answers, 4 of them expected"
    assert not report.good
    assert scene.asked(LEGACY) == 41, "asked once more about the one that differs"
    assert "detail: $.price  rounding, 1 times" in report.text()
    assert "#7 GET /products/B-7" in report.text()


async def test_what_legacy_itself_changes_meanwhile_is_not_the_new_sides_fault(
    table: RouteTable, exchange: Make, json_answer: MakeAnswer
) -> None:
    stock = iter([5, 4])
    scene = Scene(table, lambda url, one: json_answer(stock=next(stock, 4) if url == LEGACY else 4))
    report = await scene.run(exchange())
    assert report.total.raced == 1
    assert report.total.mismatched == 0
    assert report.verdict == "no answer was compared"
    assert not report.good


async def test_a_read_model_that_says_it_was_behind_is_excused_once_it_has_caught_up(
    table: RouteTable, exchange: Make, json_answer: MakeAnswer
) -> None:
    price = iter(["9.00", "10.00"])

    def reply(watermark: str) -> Reply:
        behind = (("fig-watermark", watermark),)
        return lambda url, one: (
            json_answer(price="10.00") if url == LEGACY
            else json_answer(200, behind, price=next(price))
        )  # fmt: skip

    report = await Scene(table, reply("1")).run(exchange())
    assert (report.total.raced, report.total.mismatched) == (1, 0)
    price = iter(["9.00", "10.00"])
    report = await Scene(table, reply(str(10**18))).run(exchange())
    assert (report.total.raced, report.total.mismatched) == (0, 1), "it said it knew everything"


async def test_a_new_side_that_fails_alters_the_answer(
    table: RouteTable, exchange: Make, json_answer: MakeAnswer
) -> None:
    def reply(url: str, one: Exchange) -> Answer:
        if url == NEW and one.number == 2:
            return Answer(0, error="ConnectError")
        return json_answer(a=1)

    report = await Scene(table, reply).run(exchange(), exchange(), exchange())
    assert report.verdict == "this change alters 1 of 3 answers, 0 of them expected"
    assert not report.good


async def test_a_legacy_that_fails_proves_nothing(
    table: RouteTable, exchange: Make, json_answer: MakeAnswer
) -> None:
    def reply(url: str, one: Exchange) -> Answer:
        return Answer(0, error="ReadTimeout") if url == LEGACY else json_answer(a=1)

    report = await Scene(table, reply).run(exchange())
    assert (report.verdict, report.good) == ("no answer was compared", False)
    assert "not compared: legacy.ReadTimeout, 1 times" in report.text()


async def test_a_read_model_that_is_behind_is_asked_again(
    table: RouteTable, exchange: Make, json_answer: MakeAnswer
) -> None:
    behind = Answer(503, (("fig-declined", "behind"),))
    answers = iter([behind, behind])
    scene = Scene(
        table, lambda url, one: next(answers, json_answer(a=1)) if url == NEW else json_answer(a=1)
    )
    report = await scene.run(exchange())
    assert report.verdict == "this change alters 0 of 1 answer, 0 of them expected"
    assert scene.asked(NEW) == 3


async def test_one_side_against_the_recording(
    table: RouteTable, exchange: Make, json_answer: MakeAnswer
) -> None:
    cookie = ("set-cookie", "session=fresh; Path=/; HttpOnly")
    scene = Scene(table, lambda url, one: json_answer(200, (cookie,), token="new"), Against.NEW)
    masked = ("set-cookie", "session=(secret); Path=/; HttpOnly")
    report = await scene.run(
        exchange(answer=json_answer(200, (masked,), token="(secret)")),
        exchange(answer=json_answer(200, (masked,), token="(secret)", gone=1)),
    )
    assert report.verdict == "this change alters 1 of 2 answers, 0 of them expected"
    assert scene.asked(LEGACY) == 0
    assert "$.gone" in report.text()


async def test_a_session_that_was_not_recorded_is_named_as_a_likely_cause(
    table: RouteTable, exchange: Make, json_answer: MakeAnswer
) -> None:
    scene = Scene(table, lambda url, one: json_answer(401), Against.NEW)
    cookie = (("cookie", "session=(secret)"),)
    report = await scene.run(
        exchange(headers=cookie, answer=json_answer()), exchange(answer=json_answer())
    )
    assert report.total.mismatched == 2
    assert "1 of the answers that differ were recorded in a session" in report.text()


async def test_a_broken_file_is_said_and_its_good_part_counts(
    table: RouteTable, exchange: Make, json_answer: MakeAnswer
) -> None:
    scene = Scene(table, lambda url, one: json_answer(a=1))
    report = await scene.run(exchange(), FileEnd("x.flows", 1, "it ends in the middle"))
    assert "x.flows: it ends in the middle; its first 1 exchanges count" in report.text()
    assert report.as_json()["broken"] == [
        {"file": "x.flows", "good": 1, "why": "it ends in the middle"}
    ]
    assert report.good


async def test_what_is_left_out_is_counted(
    table: RouteTable, exchange: Make, json_answer: MakeAnswer
) -> None:
    scene = Scene(table, lambda url, one: json_answer(a=1))
    report = await scene.run(exchange(), exchange("/orders", "POST"), exchange("/orders", "POST"))
    assert report.outcomes.left_out == {"writes, refused": 2}
    assert report.text().splitlines()[-2].endswith("left out: 2 writes, refused")
    assert [method for _, method, _ in scene.asker.asked] == ["GET", "GET"]


async def test_questions_keep_their_order_one_at_a_time(
    table: RouteTable, exchange: Make, json_answer: MakeAnswer
) -> None:
    scene = Scene(table, lambda url, one: json_answer(a=1), Against.NEW)
    scene.setting = replace(scene.setting, concurrency=1)
    asked = [exchange(f"/products/B-{at}", answer=json_answer(a=1)) for at in range(20)]
    await scene.run(*asked)
    assert scene.asker.most_at_once == 1
    assert [target for *_, target in scene.asker.asked] == [one.target for one in asked]


async def test_an_error_of_our_own_is_not_swallowed(
    table: RouteTable, exchange: Make, json_answer: MakeAnswer
) -> None:
    def reply(url: str, one: Exchange) -> Answer:
        raise RuntimeError("a bug")

    with pytest.raises(RuntimeError, match="a bug"):
        await Scene(table, reply).run(exchange(), exchange())


async def test_reading_does_not_run_ahead_without_bound(
    table: RouteTable, exchange: Make, json_answer: MakeAnswer
) -> None:
    read = 0
    ahead: list[int] = []

    def endless() -> Iterator[Exchange | FileEnd]:
        nonlocal read
        for _ in range(1000):
            read += 1
            yield exchange()

    def reply(url: str, one: Exchange) -> Answer:
        ahead.append(read - one.number)
        return json_answer(a=1)

    scene = Scene(table, reply)
    await Replay(scene.setting, scene.asker).run(endless())
    assert len(ahead) == 2000
    assert max(ahead) <= 64 + 4


@pytest.mark.parametrize("status", [401, 403, 302, 200])
async def test_alike_without_the_session_is_not_the_same(
    table: RouteTable, exchange: Make, json_answer: MakeAnswer, status: int
) -> None:
    scene = Scene(table, lambda url, one: replace(json_answer(error="sign in"), status=status))
    known = exchange(headers=(("cookie", "session=(secret)"),))
    report = await scene.run(known, exchange())
    assert report.total.compared == 1, "the one that nobody was signed in for"
    assert report.evidence["detail"].total.skipped == {"asked without its session": 1}
    assert "--cookie NAME=VALUE lends one" in report.text()


async def test_an_answer_that_is_the_same_with_the_session_counts(
    table: RouteTable, exchange: Make, json_answer: MakeAnswer
) -> None:
    scene = Scene(table, lambda url, one: json_answer(path=one.target))
    known = (("cookie", "session=(secret)"),)
    same = exchange("/products/1", headers=known, answer=json_answer(path="/products/1"))
    other = exchange("/products/2", headers=known, answer=json_answer(path="/products/2", cart=3))
    report = await scene.run(same, other)
    assert report.total.compared == 1
    assert report.evidence["detail"].total.skipped == {"asked without its session": 1}


async def test_with_nothing_else_nothing_was_compared(
    table: RouteTable, exchange: Make, json_answer: MakeAnswer
) -> None:
    scene = Scene(table, lambda url, one: replace(json_answer(), status=401))
    report = await scene.run(exchange(headers=(("authorization", "Bearer (secret)"),)))
    assert not report.good
    assert report.verdict == "no answer was compared"


@pytest.mark.parametrize(("status", "counts"), [(401, 0), (302, 0), (404, 1)])
async def test_a_recording_without_its_cookies_is_noticed_by_the_answer(
    table: RouteTable, exchange: Make, json_answer: MakeAnswer, status: int, counts: int
) -> None:
    """Browsers leave cookies out of what they save."""
    scene = Scene(table, lambda url, one: replace(json_answer(), status=status))
    report = await scene.run(exchange(answer=json_answer()))
    assert report.total.compared == counts


async def test_a_difference_counts_also_without_the_session(
    table: RouteTable, exchange: Make, json_answer: MakeAnswer
) -> None:
    scene = Scene(table, lambda url, one: json_answer(side=url))
    report = await scene.run(exchange(headers=(("cookie", "session=(secret)"),)))
    assert report.total.mismatched == 1

"""One call to a service: what it means that it did not answer as it should."""

from typing import Any

import pytest

from chassis.breaker.guard import Held
from chassis.web import headers
from chassis.web.app import Problem
from chassis.web.client import Answer, NoAnswer, NotConnected, NoTurn, Request
from new_services.storefront.parts.part import OK_OR_MISSING, Away, Part


class Asked:
    """A visit."""

    def __init__(self, left: float = 2.5) -> None:
        self.left = left
        self.passed_on = {headers.AFTER: "600"}
        self.learned: list[Any] = []

    def learn(self, answered: Any) -> None:
        self.learned.append(answered)


class Service:
    """Answers what is played."""

    name = "catalog"

    def __init__(self, played: Answer | Exception) -> None:
        self.played = played
        self.asked: list[Request] = []

    async def send(self, request: Request, failed: Any) -> Answer:
        self.asked.append(request)
        if isinstance(self.played, Exception):
            raise self.played
        self.failed = failed(self.played)
        return self.played


def part(service: Any) -> Part:
    return Part(service, lambda name: f"for-{name}")


@pytest.mark.parametrize("status", [200, 404])
async def test_an_answer_teaches_how_fresh_it_is(status: int) -> None:
    service, visit = Service(Answer(status, {"fig-watermark": "7"}, b"{}")), Asked()
    answer = await part(service).get(visit, "/x", known=OK_OR_MISSING)
    assert answer.status == status and visit.learned == [{"fig-watermark": "7"}]
    (asked,) = service.asked
    assert asked.timeout == 2.5, "the page's deadline is the call's"
    assert asked.headers == {headers.AFTER: "600", "authorization": "Bearer for-catalog"}


@pytest.mark.parametrize(
    "error",
    [NotConnected("refused"), NoTurn("queue"), NoAnswer("reset"), Held("the breaker is open", 1.0)],
)
async def test_a_service_that_gives_no_answer_is_away(error: Exception) -> None:
    with pytest.raises(Away, match=str(error)):
        await part(Service(error)).get(Asked(), "/x")


@pytest.mark.parametrize(
    ("status", "failed"), [(500, True), (503, True), (401, False), (404, False)]
)
async def test_so_is_one_whose_answer_says_nothing(status: int, failed: bool) -> None:
    service = Service(Answer(status, {}, b""))
    with pytest.raises(Away, match=f"catalog answered {status}"):
        await part(service).post(Asked(), "/x", {})
    assert service.failed is failed


async def test_one_that_declines_is_not_away() -> None:
    service = Service(Answer(503, {"fig-declined": "behind"}, b""))
    with pytest.raises(Problem) as caught:
        await part(service).get(Asked(), "/x")
    assert caught.value.headers == {headers.DECLINED: "behind"}
    assert not service.failed


async def test_when_it_is_too_late_nobody_is_asked() -> None:
    service = Service(Answer(200, {}, b""))
    with pytest.raises(Away, match="no time is left"):
        await part(service).get(Asked(0.0), "/x")
    assert not service.asked

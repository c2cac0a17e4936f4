"""Changes as the storefront asks for them: what each answer of a service is taken for."""

from typing import Any

import orjson
import pytest

from chassis.web import headers
from chassis.web.app import Problem
from new_services.storefront.parts.changes import Changes, Said
from new_services.storefront.parts.part import Away, Part
from tests.rigs.shop.storefront import PlayedService


class Asking:
    """A request of one of the staff."""

    left = 3.0

    def __init__(self, sealed: str = "sealed") -> None:
        self.passed_on: dict[str, str] = {headers.AFTER: "17"}
        self.customer = {headers.IDENTITY: "token", headers.SESSION: sealed}

    def learn(self, _: Any) -> None:
        """Nothing."""


class Services:
    """The three that take commands, answering alike."""

    def __init__(self, status: int = 200, body: Any = None) -> None:
        answer = (status, {} if body is None else body)
        paths = ("/articles/a%2Fb", "/counts/a%2Fb", "/registrations/form")
        self.played = [
            PlayedService(name, dict.fromkeys(paths, answer))
            for name in ("catalog", "inventory", "accounts")
        ]
        made: list[Any] = [Part(each, lambda _: "") for each in self.played]  # type: ignore[arg-type]
        self.changes = Changes(*made)

    async def each(self, asking: Any = None) -> list[Said]:
        asking, changes = asking or Asking(), self.changes
        return [
            await changes.save(asking, "a@b.c", "a/b", {"sku": "T", "form": {}}),
            await changes.count(asking, "a@b.c", "a/b", {"sku": "T"}),
            await changes.register(asking, {"email": "a@b.c"}),
        ]


async def test_the_staff_are_named_with_their_sealed_session_and_strangers_are_not() -> None:
    services = Services()
    await services.each()
    goods, stock, stranger = [orjson.loads(each.asked[0].body) for each in services.played]
    person = {"email": "a@b.c", "name": "", "session": "sealed"}
    assert goods == {"person": person, "sku": "T", "form": {}}
    assert stock == {"person": person, "sku": "T"}
    assert stranger == {"email": "a@b.c"}


@pytest.mark.parametrize(
    ("status", "body", "said"),
    [
        (200, {"status": "DONE"}, Said(200, "", "", "")),
        (200, {"set_cookie": "session=x"}, Said(200, "", "", "session=x")),
        (202, {"id": "x"}, Said(202, "", "", "")),
        (400, {"problem": "no price"}, Said(400, "no price", "", "")),
        (403, {"error": "staff"}, Said(403, "", "staff", "")),
        (404, {"detail": "none"}, Said(404, "", "none", "")),
    ],
)
async def test_each_answer(status: int, body: Any, said: Said) -> None:
    assert await Services(status, body).each() == [said] * 3


async def test_a_service_that_fails_is_away() -> None:
    with pytest.raises(Away):
        await Services(503, {"error": "nothing was done"}).each()


async def test_what_is_declined_is_for_legacy() -> None:
    with pytest.raises(Problem) as caught:
        await Services(409, {"error": "behind", "declined": "behind"}).each()
    assert caught.value.headers == {headers.DECLINED: headers.BEHIND}


async def test_without_a_session_nobody_is_asked() -> None:
    services = Services()
    with pytest.raises(Problem) as caught:
        await services.each(Asking(sealed=""))
    assert caught.value.headers == {headers.DECLINED: headers.BEHIND}
    assert services.played[0].asked == []

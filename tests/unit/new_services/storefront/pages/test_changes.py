"""The back office's forms: what is sent on, and what becomes of each answer."""

from typing import Any

import orjson
import pytest

from chassis.web import headers
from new_services.storefront.pages.changes import NOT_CERTAIN
from tests.rigs.shop.storefront import PlayedShop
from tests.unit.new_services.storefront.pages.test_staff import ARTICLE, SHELF

SAID = {headers.IDENTITY: "token", headers.SESSION: "sealed", "cookie": "session=x"}
SAVE, COUNT = "/admin/products/tnt-1", "/admin/products/tnt-1/stock"
SENT = {
    SAVE: {"csrf": "t0k<en", "name": "Zelt", "price": "9,9", "disc_pct": "5", "active": "Y"},
    COUNT: {"csrf": "t0k<en", "variant": "TNT-1-0", "qty": " 7 "},
}
SERVICE = {SAVE: ("catalog", "/articles/"), COUNT: ("inventory", "/counts/")}
DONE = {"id": "x", "status": "DONE"}
both = pytest.mark.parametrize("path", [SAVE, COUNT])


class Commands(dict[str, Any]):
    """The answers of a service that takes commands under any key."""

    prefix, answer = "", (200, DONE)

    def get(self, path: str, default: Any = None) -> Any:
        return self.answer if path.startswith(self.prefix) else super().get(path, default)


@pytest.fixture(autouse=True)
def filled(shop: PlayedShop) -> None:
    shop.log_in(is_admin=True)
    for name, prefix in SERVICE.values():
        service = shop.services[name]
        service.answers = Commands(service.answers)
        service.answers.prefix = prefix
    shop.catalog.answers["/internal/articles/TNT-1"] = ARTICLE
    shop.inventory.answers["/internal/shelves/TNT-1"] = SHELF


def tells(shop: PlayedShop, path: str, status: int, body: Any) -> None:
    service: Any = shop.services[SERVICE[path][0]]
    service.answers.answer = (status, body)


def commands(shop: PlayedShop, path: str) -> list[Any]:
    name, prefix = SERVICE[path]
    return [each for each in shop.services[name].asked if each.path.startswith(prefix)]


async def send(shop: PlayedShop, path: str, more: Any = None, **fields: str) -> Any:
    form = {**SENT[path], **fields}
    return await shop.browser.post(path, data=form, headers={**SAID, **(more or {})})


@both
async def test_what_is_done_is_shown_by_the_page_that_follows(shop: PlayedShop, path: str) -> None:
    answer = await send(shop, path)
    assert (answer.status_code, answer.headers["location"]) == (
        302, "/admin/products/TNT-1?ok=saved",
    )  # fmt: skip
    assert answer.headers["vary"] == "Cookie"


async def test_a_product_is_sent_on_as_it_was_typed(shop: PlayedShop) -> None:
    await send(shop, SAVE)
    (command,) = commands(shop, SAVE)
    assert orjson.loads(command.body) == {
        "person": {"email": "anna@example.org", "name": "", "session": "sealed"},
        "sku": "TNT-1",
        "form": {
            "name": "Zelt", "price": "9,9", "discount": "5", "active": True, "discontinued": False,
        },
    }  # fmt: skip
    assert command.headers["authorization"] == "Bearer proof for catalog"


async def test_a_count_is_sent_on_as_it_was_typed(shop: PlayedShop) -> None:
    await send(shop, COUNT)
    (command,) = commands(shop, COUNT)
    body = orjson.loads(command.body)
    assert (body["sku"], body["variant"], body["pieces"]) == ("TNT-1", "TNT-1-0", " 7 ")


@both
async def test_each_form_is_a_command_of_its_own_unless_the_client_names_it(
    shop: PlayedShop, path: str
) -> None:
    for more in (None, None, {headers.IDEMPOTENCY_KEY: "k"}, {headers.IDEMPOTENCY_KEY: "k"}):
        await send(shop, path, more)
    keys = [each.path for each in commands(shop, path)]
    assert len(set(keys)) == 3 and keys[2] == keys[3]


@both
async def test_a_problem_is_shown_above_the_form(shop: PlayedShop, path: str) -> None:
    for status in (400, 409):
        tells(shop, path, status, {"problem": "Not <so>."})
        answer = await send(shop, path)
        assert answer.status_code == status
        assert '<p class="problem" role="alert">Not &lt;so&gt;.</p>' in answer.text
        typed = "9,9" if path == SAVE else " 49.9"
        assert f'name="price" value="{typed}"' in answer.text


@both
async def test_what_nobody_knows_yet_is_not_called_saved(shop: PlayedShop, path: str) -> None:
    tells(shop, path, 202, {"id": "x", "status": "PENDING"})
    answer = await send(shop, path)
    assert answer.status_code == 202 and NOT_CERTAIN in answer.text


@both
@pytest.mark.parametrize("status", [400, 403, 404])
async def test_a_refusal_is_an_error_page(shop: PlayedShop, path: str, status: int) -> None:
    tells(shop, path, status, {"error": "Staff only."})
    answer = await send(shop, path)
    assert answer.status_code == status and "Staff only." in answer.text


@both
async def test_a_session_that_has_ended_at_the_monolith_leads_to_the_login(
    shop: PlayedShop, path: str
) -> None:
    tells(shop, path, 401, {"error": "not logged in"})
    answer = await send(shop, path)
    assert (answer.status_code, answer.headers["location"]) == (302, "/login?next=/")


@both
async def test_while_its_service_is_away_nothing_is_called_saved(
    shop: PlayedShop, path: str
) -> None:
    tells(shop, path, 503, {"error": "it could not be done, and nothing of it was"})
    assert (await send(shop, path)).status_code == 503


async def test_a_ledger_that_is_behind_leaves_the_count_to_legacy(shop: PlayedShop) -> None:
    tells(shop, COUNT, 409, {"error": "behind", "declined": "behind"})
    answer = await send(shop, COUNT)
    assert (answer.status_code, answer.headers[headers.DECLINED]) == (503, headers.BEHIND)


@both
async def test_without_what_the_facade_says_legacy_is_to_answer(
    shop: PlayedShop, path: str
) -> None:
    answer = await send(shop, path, {headers.SESSION: ""})
    assert answer.headers[headers.DECLINED] == headers.BEHIND
    assert commands(shop, path) == []


@both
async def test_a_form_that_is_not_ours_is_refused(shop: PlayedShop, path: str) -> None:
    answer = await send(shop, path, csrf="other")
    assert answer.status_code == 400 and "This form has expired." in answer.text
    assert commands(shop, path) == []


@both
async def test_a_client_without_the_right_is_refused_first(shop: PlayedShop, path: str) -> None:
    shop.log_in(is_admin=False)
    assert (await send(shop, path, csrf="other")).status_code == 403
    shop.session = {"customer": None, "csrf": "t0k<en", "set_cookie": None}
    answer = await send(shop, path)
    assert (answer.status_code, answer.headers["location"]) == (302, "/login?next=/")
    assert commands(shop, path) == []


async def test_what_there_is_not_is_not_changed(shop: PlayedShop) -> None:
    for path, fields in (
        ("/admin/products/NONE", SENT[SAVE]),
        ("/admin/products/NONE/stock", SENT[COUNT]),
        (COUNT, {**SENT[COUNT], "variant": "OTHER-0"}),
    ):
        shop.catalog.answers.pop("/internal/articles/NONE", None)
        answer = await shop.browser.post(path, data=fields, headers=SAID)
        assert answer.status_code == 404, path
    assert commands(shop, SAVE) == commands(shop, COUNT) == []


async def test_the_count_is_only_sent(shop: PlayedShop) -> None:
    answer = await shop.browser.get(COUNT, headers=SAID)
    assert (answer.status_code, answer.headers["allow"]) == (405, "OPTIONS, POST")

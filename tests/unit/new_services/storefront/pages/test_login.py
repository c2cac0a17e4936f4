"""Logging in and out, over accounts that is played."""

import orjson
import pytest

from chassis.web.client import Request
from tests.rigs.shop.storefront import CUSTOMER, PlayedShop

FRESH = "session=fresh; HttpOnly; Path=/; SameSite=Lax"
GONE = "session=; Max-Age=0"
FORM = {"content-type": "application/x-www-form-urlencoded"}


@pytest.fixture
def shop() -> PlayedShop:
    """With a stranger's session, whose token is `t`."""
    made = PlayedShop()
    made.session = {"customer": None, "csrf": "t", "set_cookie": None}

    def log_in(request: Request) -> object:
        given = orjson.loads(request.body)
        right = given == {"email": "anna@example.org", "password": "right"}
        return {"customer": CUSTOMER, "csrf": "n", "set_cookie": FRESH} if right else NOBODY

    made.accounts.answers |= {"/sessions/login": log_in, "/sessions/logout": {"set_cookie": GONE}}
    return made


NOBODY = {"customer": None, "csrf": "", "set_cookie": None}


async def post(shop: PlayedShop, path: str, body: str) -> object:
    return await shop.browser.post(path, content=body, headers=FORM | {"cookie": "session=s"})


RIGHT = "csrf=t&email=anna%40example.org&password=right"


@pytest.mark.parametrize(
    ("path", "following", "location"),
    [
        ("/login", "", "/?ok=hello"),
        ("/login", "&next=", "/?ok=hello"),
        ("/login", "&next=/orders%3Fpage%3D2", "/orders?page=2"),
        ("/login", "&next=/search%3Fq%3D%C3%BC", "/search?q=%C3%BC"),
        ("/login?next=/cart", "&next=/orders", "/cart"),
        ("/login", "&next=//elsewhere.example", "/?ok=hello"),
        ("/login", "&next=https://elsewhere.example", "/?ok=hello"),
        ("/login", "&next=/%5Celsewhere.example", "/?ok=hello"),
        ("/login", "&next=/a%0Ab", "/?ok=hello"),
    ],
)
async def test_a_login_leads_on_within_the_shop(
    shop: PlayedShop, path: str, following: str, location: str
) -> None:
    answer = await post(shop, path, RIGHT + following)
    assert (answer.status_code, answer.headers["location"]) == (302, location)
    assert answer.headers.get_list("set-cookie") == [FRESH]


@pytest.mark.parametrize(
    "body",
    [
        "csrf=t&email=anna%40example.org&password=wrong",
        "csrf=t&email=eve%40example.org&password=right",
        "csrf=t",
        f"csrf=t&email=anna%40example.org&password={'x' * 5000}",
    ],
)
async def test_what_was_wrong_is_not_said(shop: PlayedShop, body: str) -> None:
    answer = await post(shop, "/login", f"{body}&next=/cart")
    assert answer.status_code == 200 and "set-cookie" not in answer.headers
    assert "This e-mail address and password do not go together." in answer.text
    assert 'name="next" value="/cart"' in answer.text
    assert "password=" not in answer.text and "wrong" not in answer.text


@pytest.mark.parametrize("path", ["/login", "/logout"])
@pytest.mark.parametrize("body", ["", "csrf=", "csrf=other", "email=a&password=b"])
async def test_a_form_that_is_not_ours_does_nothing(shop: PlayedShop, path: str, body: str) -> None:
    answer = await post(shop, path, body)
    assert answer.status_code == 400 and "This form has expired." in answer.text
    assert {request.path for request in shop.accounts.asked} == {"/sessions/open"}


async def test_a_logout_takes_the_session_away(shop: PlayedShop) -> None:
    answer = await post(shop, "/logout", "csrf=t")
    assert (answer.status_code, answer.headers["location"]) == (302, "/?ok=bye")
    assert answer.headers.get_list("set-cookie") == [GONE]


async def test_a_stranger_is_given_a_session_with_the_form(shop: PlayedShop) -> None:
    shop.session = {"customer": None, "csrf": "new<", "set_cookie": "session=new; Path=/"}
    answer = await shop.browser.get("/login")
    assert 'name="csrf" value="new&lt;"' in answer.text
    assert answer.headers.get_list("set-cookie") == ["session=new; Path=/"]


async def test_without_accounts_nobody_logs_in(shop: PlayedShop) -> None:
    shop.accounts.away = True
    for path in ("/login", "/logout"):
        assert (await post(shop, path, RIGHT)).status_code == 503

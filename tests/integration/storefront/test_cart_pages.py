"""The cart is the same on both sides, with whatever its cookie holds and whatever is posted."""

import pytest

from tests.integration.storefront.conftest import CUSTOMER, Both

pytestmark = pytest.mark.integration

FORM = "application/x-www-form-urlencoded"
FIRST = (
    "SELECT v.sku FROM variant v JOIN product p ON p.id = v.product_id"
    " JOIN stock s ON s.sku = v.sku"
)
FOR_SALE = f"{FIRST} WHERE v.active = 'Y' AND p.active = 'Y' AND s.qty > 20 ORDER BY v.id LIMIT 31"


@pytest.fixture
def skus(both: Both) -> list[str]:
    found = both.values(FOR_SALE)
    assert len(found) == 31
    return found


@pytest.fixture
def kinds(both: Both, skus: list[str]) -> dict[str, str]:
    """Carts by what is in them."""
    few, gone, inactive = (
        both.value(f"{FIRST} WHERE {condition} ORDER BY v.id LIMIT 1")
        for condition in (
            "v.active = 'Y' AND p.active = 'Y' AND s.qty BETWEEN 1 AND 3",
            "v.active = 'Y' AND p.active = 'Y' AND s.qty = 0",
            "p.active = 'N'",
        )
    )
    one, two = skus[:2]
    return {
        "one": f"{one}*2",
        "two, the later sku first": f"{max(one, two)}*1!{min(one, two)}*20",
        "more than there are": f"{few}*20!{gone}*1",
        "not for sale": f"{inactive}*1!NOPE-1*3",
        "some not for sale": f"{inactive}*1!{one}*3",
        "garbage": f"x*y!!*!{one}*0!{two}*99!a*1!<b>*2",
        "a piece too many": f"{one}*21",
        "one twice": f"{one}*1!{one}*4",
        "a line too many": "!".join(f"{sku}*1" for sku in skus),
        "no number": f"{one}!{two}*!NOPE*1_0",
        "in quotes": f'"{one}*3"',
        "empty": "",
        "blank": " ",
        "nothing but marks": "!!**!!",
        "very long": "!".join(["X-1*1"] * 500),
    }


KINDS = [
    *("one", "two, the later sku first", "more than there are", "not for sale"),
    *("some not for sale", "garbage", "a piece too many", "one twice", "a line too many"),
    *("no number", "in quotes", "empty", "blank", "nothing but marks", "very long"),
]


@pytest.mark.parametrize("kind", KINDS)
async def test_it_is_shown_the_same(both: Both, kinds: dict[str, str], kind: str) -> None:
    assert set(kinds) == set(KINDS)
    session = f"session={both.session(CUSTOMER)}"
    assert await both.same("GET", "/cart", Cookie=f"cart={kinds[kind]}") == 200
    assert await both.same("GET", "/cart", Cookie=f"{session}; cart={kinds[kind]}; cart=X*1") == 200


def token(both: Both) -> tuple[str, str]:
    """A stranger's session cookie, and the token of its forms, from the monolith."""
    client = both.legacy.test_client()
    page = client.get("/login").get_data(as_text=True)
    cookie = client.get_cookie("session")
    assert cookie is not None
    return f"session={cookie.value}", page.partition('name="csrf" value="')[2].partition('"')[0]


ADDED = [
    "sku={sku}&qty=1",
    "sku={sku}&qty=21",
    "sku={sku}&qty=0",
    "sku={sku}&qty=-1",
    "sku={sku}&qty=x",
    "sku={sku}",
    "sku=+{lower}+&qty=+2+",
    "sku={sku}&sku=OTHER&qty=2&qty=3",
    "sku=NOPE&qty=1",
    "sku=%3Cb%3E&qty=1",
    "sku=&qty=1",
    "qty=1",
    "",
    "sku={sku}&qty=1%00",
    "sku={sku}&qty=%D9%A2",
]


@pytest.mark.parametrize("fields", ADDED)
@pytest.mark.parametrize("cart", ["nothing", "the same", "thirty lines", "thirty with it"])
async def test_something_is_put_into_it(
    both: Both, skus: list[str], fields: str, cart: str
) -> None:
    session, csrf = token(both)
    carts = {
        "nothing": "",
        "the same": f"; cart={skus[0]}*19!{skus[1]}*1",
        "thirty lines": "; cart=" + "!".join(f"{sku}*1" for sku in skus[1:]),
        "thirty with it": "; cart=" + "!".join(f"{sku}*1" for sku in skus[:30]),
    }
    body = fields.format(sku=skus[0], lower=skus[0].lower()) + f"&csrf={csrf}"
    theirs, ours = await both.ask(
        "POST", "/cart/add", body.encode(), Cookie=session + carts[cart], content_type=FORM
    )
    assert (theirs.status, ours.status) == (302, 302)
    assert theirs.header("location") == ours.header("location") == "/cart?ok=added"
    assert _cookie(theirs.lines("set-cookie")) == _cookie(ours.lines("set-cookie"))


UPDATED = [
    "qty%3A{sku}=3",
    "qty%3A{sku}=0",
    "qty:{sku}=0&qty:{other}=0",
    "qty:{sku}=-1",
    "qty:{sku}=x",
    "qty:{sku}=",
    "qty:{sku}=+5+",
    "qty:{sku}=999",
    "qty:{sku}=9999999999",
    "qty:{sku}=%D9%A2",
    "qty:{sku}=%C2%B2",
    "qty:NOPE=1",
    "",
]


@pytest.mark.parametrize("fields", UPDATED)
async def test_pieces_are_changed(
    both: Both, skus: list[str], fields: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    session, csrf = token(both)
    cookie = f"{session}; cart={skus[0]}*1!{skus[1]}*2"
    body = fields.format(sku=skus[0], other=skus[1]) + f"&csrf={csrf}"
    monkeypatch.setitem(both.legacy.config, "PROPAGATE_EXCEPTIONS", False)
    theirs, ours = await both.ask(
        "POST", "/cart/update", body.encode(), Cookie=cookie, content_type=FORM
    )
    assert theirs.status == ours.status
    assert theirs.header("location") == ours.header("location")
    assert _cookie(theirs.lines("set-cookie")) == _cookie(ours.lines("set-cookie"))


BOUNDARY = "multipart/form-data; boundary=xx"
PART = '--xx\r\nContent-Disposition: form-data; name="csrf"\r\n\r\n{csrf}\r\n--xx--'


@pytest.mark.parametrize(
    ("kind", "body", "status"),
    [
        (FORM, "csrf={csrf}&sku=A-1", 302),
        (f"{FORM}; charset=utf-8", "csrf={csrf}&sku=A-1", 302),
        ("Application/X-WWW-Form-Urlencoded", "csrf={csrf}&sku=A-1", 302),
        (BOUNDARY, PART, 302),
        (FORM, "csrf=other&sku=A-1", 400),
        (FORM, "csrf=&sku=A-1", 400),
        (FORM, "csrf=%C3%BC", 400),
        (FORM, "sku=A-1", 400),
        (FORM, "sku=A-1&csrf=x&csrf={csrf}", 400),
        (FORM, "", 400),
        ("text/plain", "csrf={csrf}&sku=A-1", 400),
        ("application/json", '{{"csrf": "{csrf}"}}', 400),
        ("", "csrf={csrf}&sku=A-1", 400),
        (BOUNDARY, "no such thing {csrf}", 400),
        ("multipart/form-data", "csrf={csrf}", 400),
        (FORM, "csrf={csrf}&x=" + "y" * 1_000_000, 302),
        (FORM, "csrf={csrf}&x=" + "y" * (1 << 20), 413),
        (BOUNDARY, "{csrf}" + "y" * (1 << 20), 413),
    ],
)  # fmt: skip
@pytest.mark.parametrize("path", ["/cart/add", "/cart/update", "/cart/add/"])
async def test_a_form_must_be_ours(
    both: Both, path: str, kind: str, body: str, status: int
) -> None:
    session, csrf = token(both)
    sent = body.format(csrf=csrf).encode()
    assert await both.same("POST", path, sent, Cookie=session, content_type=kind) == status


@pytest.mark.parametrize("cookie", ["", "session=x"])
async def test_a_form_without_its_session_is_none(both: Both, cookie: str) -> None:
    _, csrf = token(both)
    body = f"csrf={csrf}&sku=A-1".encode()
    assert await both.same("POST", "/cart/add", body, Cookie=cookie, content_type=FORM) == 400


async def test_a_form_that_is_no_utf_8_is_none(both: Both) -> None:
    session, csrf = token(both)
    body = f"csrf={csrf}&sku=A-1&x=".encode() + b"\xff"
    assert await both.same("POST", "/cart/add", body, Cookie=session, content_type=FORM) == 400
    body = f"csrf={csrf}&sku=A-1&x=%FF".encode()
    assert await both.same("POST", "/cart/add", body, Cookie=session, content_type=FORM) == 302


def _cookie(lines: list[str]) -> dict[str, str]:
    """The attributes of the cart's cookie but for its end, which follows from its age."""
    (line,) = [each for each in lines if each.startswith("cart=")]
    parts = (part.strip().partition("=") for part in line.split(";"))
    return {name.lower(): value for name, _, value in parts if name.lower() != "expires"}

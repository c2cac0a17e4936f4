"""The editor and the customer, against a shop without sockets."""

from __future__ import annotations

from urllib.parse import parse_qs

import httpx2
import pytest

from fig.demo.stage.prices import Editor, PriceDesk, form
from fig.demo.stage.world import DemoFailed

CSRF = '<input type="hidden" name="csrf" value="t0k">'


class AdminShop:
    """A login, one product's form, and a new side that is behind by some looks."""

    def __init__(self, behind: int = 2, side: str = "new", password: str = "right") -> None:
        self.behind, self.side, self.password = behind, side, password
        self.price = self.shown = "20.00"
        self.sent: list[dict[str, list[str]]] = []

    def __call__(self, request: httpx2.Request) -> httpx2.Response:
        route = getattr(self, f"{request.method.lower()}_{request.url.path.split('/')[1]}")
        answer: httpx2.Response = route(request)
        return answer

    def get_login(self, _: httpx2.Request) -> httpx2.Response:
        fields = '<input name="email"><input name="password" type="password">'
        search = '<form action="/search"><input name="q"></form>'
        return httpx2.Response(200, html=f"{search}<form method=post>{CSRF}{fields}</form>")

    def post_login(self, request: httpx2.Request) -> httpx2.Response:
        fields = parse_qs(request.content.decode())
        good = fields["password"] == [self.password] and fields["csrf"] == ["t0k"]
        headers = {"Location": "/", "Set-Cookie": "session=s; Path=/"}
        return httpx2.Response(302, headers=headers) if good else httpx2.Response(200, html="no")

    def get_admin(self, request: httpx2.Request) -> httpx2.Response:
        assert request.headers.get("cookie") == "session=s"
        fields = '<input name="price" value="20.00"><input type=checkbox name=active checked>'
        return httpx2.Response(200, html=f"<form method=post>{CSRF}{fields}</form>")

    def post_admin(self, request: httpx2.Request) -> httpx2.Response:
        self.sent.append(parse_qs(request.content.decode()))
        self.price = self.sent[-1]["price"][0]
        return httpx2.Response(302, headers={"Location": request.url.path})

    def get_api(self, request: httpx2.Request) -> httpx2.Response:
        assert "cookie" not in request.headers  # a customer, not the editor
        if request.url.path == "/api/products":
            plain = {"sku": "A-1", "price": "20.00", "discount_pct": ""}
            reduced = {"sku": "B-2", "price": "9.00", "discount_pct": "10"}
            return httpx2.Response(200, json={"products": [reduced, plain]})
        self.behind -= 1
        self.shown = self.price if self.behind < 0 else self.shown
        headers = {"Fig-Decision": f"side={self.side}; stage=new"}
        return httpx2.Response(200, json={"price": self.shown}, headers=headers)


def desk(shop: AdminShop) -> PriceDesk:
    editor = Editor("admin@example.org", "right")
    return PriceDesk("http://shop", editor, httpx2.MockTransport(shop))


async def test_up_and_back_again_on_a_product_without_a_discount() -> None:
    shop = AdminShop()
    first, second = [await desk(shop).edit(nth) for nth in (0, 1)]
    assert (first.sku, first.before, first.after) == ("A-1", "20.00", "21.00")
    assert (second.before, second.after) == ("21.00", "20.00")
    assert first.ms is not None
    assert shop.sent[0]["active"] == ["on"]


async def test_what_legacy_shows_does_not_count(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("fig.demo.stage.prices.PATIENCE", 0.05)
    edit = await desk(AdminShop(behind=0, side="legacy")).edit(0)
    assert edit.ms is None


async def test_a_wrong_password_is_said() -> None:
    with pytest.raises(DemoFailed, match=r"admin@example\.org cannot log in"):
        await desk(AdminShop(password="other")).edit(0)


def test_the_form_with_the_field() -> None:
    page = '<form><input name="q"></form><form><input name="price" value="1"></form>'
    assert form(page, "price") == {"price": "1"}
    with pytest.raises(LookupError, match="stock"):
        form(page, "stock")

"""An editor in the monolith's admin area, and a customer who looks at the same product."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import httpx2
from lxml import html

from fig.demo.judge.record import PriceEdit
from fig.demo.stage.world import DemoFailed

POLL = 0.01  # seconds
PATIENCE = 10.0  # seconds until a price that does not show counts as lost


@dataclass(frozen=True)
class Editor:
    """Who may edit; the seeded administrator of the demo's shop."""

    email: str
    password: str


class PriceDesk:
    """Edits through the facade, like any browser; looks through the facade, like any app."""

    def __init__(
        self, url: str, editor: Editor, transport: httpx2.AsyncBaseTransport | None = None
    ) -> None:
        self.editor = editor
        self.browser, self.app = (
            httpx2.AsyncClient(base_url=url, timeout=10.0, transport=transport) for _ in range(2)
        )
        self.logged_in = False
        self.products: list[dict[str, Any]] = []

    async def edit(self, nth: int) -> PriceEdit:
        """Even times raise a price by one, odd times put it back. Raises DemoFailed."""
        try:
            if not self.logged_in:
                await self.log_in()
            product = self.products[nth // 2]
            before = Decimal(product["price"]) + (nth % 2)
            after = Decimal(product["price"]) + (1 - nth % 2)
            await self.save(product["sku"], after)
            ms = await self.seen(product["sku"], f"{after:.2f}")
        except (httpx2.HTTPError, LookupError, ValueError) as error:
            raise DemoFailed(f"the price could not be edited: {error!r}") from error
        return PriceEdit(0.0, product["sku"], f"{before:.2f}", f"{after:.2f}", ms)

    async def log_in(self) -> None:
        """And look which products have a plain price."""
        page = await self.browser.get("/login")
        fields = form(page.text, "password") | {
            "email": self.editor.email,
            "password": self.editor.password,
        }
        answer = await self.browser.post("/login", data=fields)
        if not answer.is_redirect:
            raise DemoFailed(f"{self.editor.email} cannot log in: status {answer.status_code}")
        listing = (await self.app.get("/api/products", params={"sort": "newest"})).json()
        self.products = [entry for entry in listing["products"] if not entry["discount_pct"]]
        self.logged_in = True

    async def save(self, sku: str, price: Decimal) -> None:
        """Send the form of the product's page; the shop has committed when it answers."""
        path = f"/admin/products/{sku}"
        page = await self.browser.get(path)
        fields = form(page.text, "price") | {"price": f"{price:.2f}"}
        answer = await self.browser.post(path, data=fields)
        if not answer.is_redirect:
            raise DemoFailed(f"{path} did not take the price: status {answer.status_code}")

    async def seen(self, sku: str, price: str) -> float | None:
        """Ms from the shop's "saved" until the new side shows it; None when it never does."""
        began = time.monotonic()
        while time.monotonic() - began < PATIENCE:
            answer = await self.app.get(f"/api/products/{sku}")
            asked_new = "side=new" in answer.headers.get("fig-decision", "")
            if asked_new and answer.json().get("price") == price:
                return (time.monotonic() - began) * 1000
            await asyncio.sleep(POLL)
        return None

    async def close(self) -> None:
        await self.browser.aclose()
        await self.app.aclose()


def form(page: str, field: str) -> dict[str, str]:
    """What a browser would send for the form that has this field. Raises LookupError."""
    for each in html.document_fromstring(page).forms:
        if field in each.fields:
            return {name: value or "" for name, value in each.form_values()}
    raise LookupError(f"no form with a field '{field}'")

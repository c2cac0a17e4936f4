"""A person with a browser at the shop's pages, logged in as Anna."""

import html
import re

import httpx2

EMAIL, PASSWORD = "anna@example.com", "gipfelkreuz"


class Browser:
    """Follows redirects by hand, fills the forms it is shown, keeps its cookies."""

    def __init__(self, url: str) -> None:
        self.client = httpx2.Client(base_url=url, timeout=20)

    def get(self, path: str) -> httpx2.Response:
        return self.client.get(path)

    def token(self, page: httpx2.Response) -> str:
        found = re.search(r'name="csrf" value="([^"]+)"', page.text)
        assert found, page.text
        return html.unescape(found[1])

    def log_in(self) -> "Browser":
        token = self.token(self.get("/login"))
        form = {"email": EMAIL, "password": PASSWORD, "csrf": token}
        assert self.client.post("/login", data=form).status_code == 302
        return self

    def fill_cart(self, sku: str = "MUG-0", pieces: int = 2) -> None:
        token = self.token(self.get("/cart"))
        form = {"sku": sku, "qty": str(pieces), "csrf": token}
        assert self.client.post("/cart/add", data=form).status_code == 302

    def order_form(self, **fields: str) -> dict[str, str]:
        page = self.get("/checkout")
        assert page.status_code == 200, page.text
        return {"pay_method": "card", "csrf": self.token(page), **fields}

    def cancel(self, order_no: str, page: httpx2.Response) -> str:
        form = {"csrf": self.token(page)}
        answer = self.client.post(f"/orders/{order_no}/cancel", data=form)
        assert answer.status_code == 302, answer.text
        return str(answer.headers["location"])

"""The storefront over services that are played: no sockets, no engines."""

from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx2
import orjson
from prometheus_client import CollectorRegistry

from chassis.web.app import build_app
from chassis.web.client import Answer, NotConnected, Request
from new_services.storefront import errors, routing
from new_services.storefront.pages import PAGES
from new_services.storefront.parts import SERVICES, connect
from new_services.storefront.parts.part import Part

CATEGORIES = [
    {"code": "CAMPING", "name": "Camping", "parent": None, "count": 0},
    {"code": "TENTS", "name": "Zelte & <Tarps>", "parent": "CAMPING", "count": 2},
    {"code": "CLOTHING", "name": "Clothing", "parent": None, "count": 1},
]
CUSTOMER = {
    "id": 7,
    "email": "anna@example.org",
    "name": "Anna O'Neill",
    "is_admin": False,
    "street": "Am Mühlbach 7",
    "zip": "87629",
    "city": "Füssen",
    "country": "DE",
}


def item(sku: str, **other: str) -> dict[str, str]:
    """An article as the catalog lists it."""
    return {
        "sku": sku,
        "name": f"Article {sku}",
        "img": "/img/tent-orange.svg",
        "price": "49.90",
        "list_price": "49.90",
        "discount_pct": "",
        "stock_text": "In stock",
    } | other


def article(sku: str, **other: Any) -> dict[str, Any]:
    """An article as the catalog gives it whole: three variants, the second costs more."""
    return (
        item(sku)
        | {
            "description": "Out <there>",
            "category": {"code": "TENTS", "name": "Zelte & <Tarps>"},
            "colour": "orange",
            "tags": ["hiking", "50%"],
            "weight": "1.250 kg",
            "discontinued": "N",
            "created": "2024-03-05 10:00:00",
            "variants": [
                variant(f"{sku}-0"),
                variant(f"{sku}-1", price="59.90"),
                variant(f"{sku}-2"),
            ],
        }
        | other
    )


def variant(sku: str, **other: str) -> dict[str, str]:
    """A variant as the catalog gives it."""
    return {"sku": sku, "color": "red", "size": "L", "price": "49.90"} | other


def sellable(sku: str) -> dict[str, Any]:
    """A variant for sale, as the catalog gives it for a cart."""
    return variant(sku) | {"product": item("TNT-1")}


class PlayedService:
    """In place of a ServiceClient: answers by path, and keeps what it was asked."""

    def __init__(self, name: str, answers: Mapping[str, Any]) -> None:
        """`answers`: path without its query to a body, to a status and a body, or to a function
        of the request."""
        self.name = name
        self.answers = dict(answers)
        self.asked: list[Request] = []
        self.headers: dict[str, str] = {}
        self.status = 200
        self.away = False
        self.failed: list[bool] = []  # what was held to be the service's failure

    async def send(self, request: Request, failed: Callable[[Answer], bool]) -> Answer:
        """See ServiceClient."""
        self.asked.append(request)
        if self.away:
            raise NotConnected(f"{self.name}: refused")
        path = urlsplit(request.path).path
        given = self.answers.get(path)
        body = given(request) if callable(given) else given
        status = self.status if self.status != 200 or body is not None else 404
        if isinstance(body, tuple):
            status, body = body
        answer = Answer(status, self.headers, orjson.dumps(body))
        self.failed.append(failed(answer))
        return answer


class PlayedShop:
    """Services whose answers a test may change, and a browser before the storefront."""

    def __init__(self, deadline: float = 3.0) -> None:
        products = {"products": [item("TNT-1"), item("TNT-2")], "total": 2}
        reduced = item("JKT-1", discount_pct="20", list_price="62.38")
        self.session: dict[str, Any] = {"customer": None, "csrf": "", "set_cookie": None}
        played: dict[str, dict[str, Any]] = {name: {} for name in SERVICES}
        played["catalog"] = {
            "/api/categories": {"categories": CATEGORIES},
            "/api/products": products,
            "/internal/offers": {"products": [reduced]},
        }
        played["inventory"] = {"/internal/pieces": {"pieces": {}}}
        played["accounts"] = {"/sessions/open": lambda _: self.session}
        self.services = {name: PlayedService(name, answers) for name, answers in played.items()}
        parts = connect({name: _part(each) for name, each in self.services.items()})
        app = build_app("Storefront", _ready, CollectorRegistry())
        errors.register(app)
        routing.register(app, PAGES, parts, deadline)
        transport = httpx2.ASGITransport(app=app, raise_app_exceptions=False)
        self.browser = httpx2.AsyncClient(transport=transport, base_url="http://shop")

    @property
    def catalog(self) -> PlayedService:
        """The catalog."""
        return self.services["catalog"]

    @property
    def inventory(self) -> PlayedService:
        """The inventory."""
        return self.services["inventory"]

    @property
    def accounts(self) -> PlayedService:
        """Accounts."""
        return self.services["accounts"]

    def log_in(self, **other: Any) -> None:
        """The session, if one is sent, is a customer's."""
        self.session = {"customer": CUSTOMER | other, "csrf": "t0k<en", "set_cookie": None}


def asked_for(request: Request) -> dict[str, list[str]]:
    """The parameters of what a service was asked."""
    return parse_qs(urlsplit(request.path).query, keep_blank_values=True)


def _part(service: PlayedService) -> Part:
    client: Any = service
    return Part(client, lambda name: f"proof for {name}")


async def _ready() -> None:
    return None

"""The catalog's own documents, answered rightly by one side and spoilt by the other."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from random import Random

import orjson
import pytest

from chassis.web.app import JsonBytes
from facade.compare.answers import Answer, Pair
from facade.compare.evidence.evidence import Evidence
from facade.compare.rules import Rules, compile_rules
from facade.compare.verdict import compare
from facade.routes.config.routefile import ArrayRule, CompareRules
from loadtests.faults import lists
from loadtests.faults.named import fault_named
from new_services.catalog.documents import build
from new_services.catalog.domain import Product, Variant

TODAY = date(2026, 1, 1)
PRODUCTS = 400
PER_PAGE = 12
# As in routes.yaml.
RULES = {
    "detail": CompareRules(
        "product", arrays=(ArrayRule("$.variants", "sku"), ArrayRule("$.tags", unordered=True))
    ),
    "list": CompareRules("product-list", arrays=(ArrayRule("$.products", "sku"),)),
}


def product(number: int) -> Product:
    """A product unlike its neighbours in whatever a fault may be about."""
    sku = f"TENT-{number:04}"
    made = datetime.fromisoformat("2024-01-01 09:30:00") + timedelta(hours=number)
    variants = tuple(
        Variant(f"{sku}-{at}", "red", "ML"[at], Decimal(at), number % 2 + at) for at in range(2)
    )
    return Product(
        id=number, sku=sku, name=f"Zelt Größe {number} & mehr",
        description=f"Leicht & warm <{number}>", category_code="tents",
        category_name="Zelte", list_price=Decimal(f"{100 + number}.95"),
        discount_percent="" if number % 3 else "15", colour="grün", tags=("a", "b", str(number)),
        tags_text="a, b", active=True, discontinued=False, weight_grams=1250 + number,
        image=f"{sku}.svg", created=made, updated=made, variants=variants,
    )  # fmt: skip


def right_answers() -> dict[str, list[bytes]]:
    """By route: what both sides ought to answer."""
    documents = [build(product(number)) for number in range(PRODUCTS)]
    items = [orjson.loads(one.item or b"") for one in documents]
    pages = [
        orjson.dumps({"products": items[at : at + PER_PAGE], "page": at // PER_PAGE + 1,
                      "per_page": PER_PAGE, "total": PRODUCTS, "pages": -(-PRODUCTS // PER_PAGE)})
        for at in range(0, PRODUCTS, PER_PAGE)
    ]  # fmt: skip
    return {"detail": [one.detail or b"" for one in documents], "list": pages}


def sent(response: JsonBytes) -> Answer:
    """As it goes over the wire."""
    headers = tuple((name.decode(), value.decode()) for name, value in response.raw_headers)
    return Answer(response.status_code, headers, bytes(response.body), 2.0)


@dataclass
class Run:
    """Pairs judged so far, and how many of them a fault has spoilt."""

    evidence: Evidence
    struck: int = 0
    first_at: int = 0  # the number of the pair that showed it first


class Study:
    """Asks both sides, the new one with faults."""

    def __init__(self) -> None:
        self.right = right_answers()
        self.rules: dict[str, Rules] = {name: compile_rules(one) for name, one in RULES.items()}

    def run(self, pairs: int, *names: str, seed: int = 1) -> Run:
        """So many pairs; each of the faults (name@share) has its chance at every answer."""
        random = Random(f"{names} {seed}")
        faults = [fault for name in names if (fault := fault_named(name, random))]
        route = "list" if names and names[0].partition("@")[0] in lists.BENDS else "detail"
        run, bodies = Run(Evidence(route, since=0.0)), self.right[route]
        for number in range(pairs):
            body = bodies[number % len(bodies)]
            control = JsonBytes(body)
            candidate = control
            for fault in faults:
                candidate = fault.strike(candidate)
            ours = sent(control)
            theirs = ours if candidate is control else sent(candidate)
            if ours != theirs:
                run.struck += 1
                run.first_at = run.first_at or number + 1
            pair = Pair(route, "GET", f"/{route}/{number}", ours, theirs, started=1.0,
                        request_id=str(number))  # fmt: skip
            run.evidence.add(pair, compare(pair, self.rules[route], TODAY))
        return run


@pytest.fixture(scope="session")
def study() -> Study:
    return Study()


@pytest.fixture(scope="session")
def full() -> Callable[[], bool]:
    """Whether to take the long way: `make study`."""
    return lambda: os.environ.get("FIG_STUDY") == "full"

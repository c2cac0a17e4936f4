"""One order as a tree, from the facade to the mail; every service's spans at a collector; and the
alert rules beside what a running stack says.
"""

import re
import urllib.request
from typing import Any

from fig.stack.engines.bus_rights import PROCESSES
from tests.rigs.alerts import rules, samples, selectors
from tests.rigs.collector import attributes

MAIL = "notifications: send mail"
SHOWN = 2_000  # characters of a trace that lacks something


def urls(shop: Any) -> dict[str, str]:
    """Where one instance of each service is; the feed is in no registry."""
    found = {one["service"]: one["url"] for one in shop.json("services")["instances"]}
    return found | {"feed": shop.url("feed")}


def test_an_order_is_a_tree_from_the_facade_to_the_mail(shop: Any, until: Any) -> None:
    order = shop.json("order", "--wait")

    def seen() -> str:
        return str(shop.fig("trace", order["order_no"], code=None))

    until("the mail in the trace", lambda: MAIL in seen())
    tree = seen()
    wanted = [
        rf"trace {order['trace']} ",
        r"  facade: POST /api/orders  status=20\d flag=place-order variant=new reason=static",
        r"  └─ facade: ask new  status=20\d upstream=orders",
        r"     └─ orders: POST /api/orders  status=20\d",
        r"orders: place-order: do reserve  saga=\w+",
        r"inventory: PUT /reservations/\{name\}  status=200",
        r"payments: POST /payments/\{name\}/authorise  status=200",
        rf"orders: place-order: do confirm  order={order['order_no']} saga=",
        r"orders: send events\.orders\.order-placed",
        r"sales: process events\.orders\.order-placed",
        r"notifications: process events\.orders\.order-placed",
        MAIL,
    ]
    missing = [one for one in wanted if not re.search(one, tree)]
    assert not missing, (missing, tree[:SHOWN])
    assert tree.index("reserve") < tree.index("confirm") < tree.index(MAIL)
    by_trace = shop.json("trace", order["trace"])["spans"]
    assert {one["trace"] for one in by_trace} == {order["trace"]}


def test_every_services_spans_arrive_at_the_collector(shop: Any, until: Any) -> None:
    trace = "0af7651916cd43dd8448eb211c80319c"
    sent = {"traceparent": f"00-{trace}-b7ad6b7169203331-01"}
    for url in urls(shop).values():
        with urllib.request.urlopen(urllib.request.Request(f"{url}/healthz", headers=sent)):
            pass
    shop.ask("/api/products/SHO-10466", **sent)
    every = set(PROCESSES)

    def arrived() -> set[str]:
        found = shop.collector.spans()
        return {service for service, span in found if span.trace_id.hex() == trace}

    until("the spans of all", lambda: arrived() >= every)
    decided = [
        attributes(span)
        for service, span in shop.collector.spans()
        if service == "facade" and span.trace_id.hex() == trace and span.kind == 2
    ]
    assert decided[0]["feature_flag.key"] == "product-detail"
    assert decided[0]["http.route"] == "/api/products/{sku}"


def test_each_alert_is_about_something_that_is_measured(shop: Any, until: Any) -> None:
    wanted = {one for rule in rules() for one in selectors(rule["expr"])}

    def missing() -> set[Any]:
        found = samples(_scrape(url) for url in [shop.url("admin"), *urls(shop).values()])
        return {
            one for one in wanted if not any(one.fits(name, labels) for name, labels, _ in found)
        }

    def lacks(name: str) -> bool:
        return any(one.name == name for one in missing())

    def found(name: str) -> bool:
        """Ask once more, and look."""
        shop.ask("/api/products/SHO-10466")
        shop.ask("/api/categories")
        return not (lacks(name) if name else missing())

    if lacks("facade_failures_total"):
        shop.fig("kill", "catalog")  # a side that does not answer is counted
        until("a failure", lambda: found("facade_failures_total"))
    shadowed = lacks("facade_compare_pairs")
    if shadowed:
        shop.fig("flip", "category-list", "shadow")
    until("each selector's sample", lambda: found(""))
    if shadowed:
        shop.fig("flip", "category-list", "legacy")


def _scrape(url: str) -> str:
    with urllib.request.urlopen(f"{url}/metrics") as answer:
        return str(answer.read().decode())

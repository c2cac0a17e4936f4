"""Telling two orders apart."""

from dataclasses import replace
from pathlib import Path

from fig.settings import Home
from fig.stack.stack import Options
from fig.supervise.order import Order


def test_every_option_shows_in_the_description():
    order = Order(Home(Path("/h")), Path("/r.yaml"))
    others = [
        replace(order, routes=Path("/other.yaml")),
        replace(order, port_base=9000),
        replace(order, options=Options(facade_workers=5)),
        replace(order, options=Options(scale=5)),
        replace(order, options=Options(postgres_bin="/x")),
        replace(order, nats_bin="/x"),
        replace(order, extra={"catalog": {"CATALOG_FAULT": "discount-rounding"}}),
    ]
    assert all(other.described != order.described for other in others)
    assert len({str(other.described) for other in others}) == len(others)

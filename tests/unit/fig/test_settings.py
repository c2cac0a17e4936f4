"""What was ordered, and telling two orders apart."""

from dataclasses import replace
from pathlib import Path

from fig.settings import Home, Order
from fig.stack.stack import Wishes


def test_every_option_shows_in_the_description():
    order = Order(Home(Path("/h")), Path("/r.yaml"))
    others = [
        replace(order, routes=Path("/other.yaml")),
        replace(order, port_base=9000),
        replace(order, wishes=Wishes(facade_workers=5)),
        replace(order, wishes=Wishes(scale=5)),
        replace(order, wishes=Wishes(postgres_bin="/x")),
        replace(order, nats_bin="/x"),
        replace(order, extra={"catalog": {"CATALOG_FAULT": "discount-rounding"}}),
    ]
    assert all(other.described != order.described for other in others)
    assert len({str(other.described) for other in others}) == len(others)


def test_everything_lies_in_the_data_folder():
    home = Home(Path("/a b/.fig"))
    for path in (home.state, home.lock, home.spool, home.logs, home.secrets):
        assert path.is_relative_to("/a b/.fig")

"""What Locust loads. By hand, with its web page on port 8089: `locust -f loadtests/locustfile.py`.

Every class is one kind of person; the weight says how many of each there are. A task is one visit
by a new person: other device, other customer, no cookies.
"""

from __future__ import annotations

import logging
import os
import random
import secrets
from collections.abc import Callable, Mapping
from typing import Any

import gevent
import httpx2
from locust import FastHttpUser, between, events, task
from locust.env import Environment
from locust.exception import StopTest, StopUser
from locust.user.task import LOCUST_STATE_STOPPING

from loadtests.absence import Absence
from loadtests.journeys import newcomer, staff, web
from loadtests.journeys.browse import browse
from loadtests.journeys.buy import buy
from loadtests.journeys.search import search
from loadtests.ledger import Ledger
from loadtests.settings import from_environment
from loadtests.shop import Shop, ShopUnreadable, discover
from loadtests.stats import StatsWriter
from loadtests.transport import LocustTransport
from loadtests.visitor import VisitEnds, Visitor

log = logging.getLogger("loadtests")
SETTINGS = from_environment(os.environ)
DICE = random.Random(SETTINGS.seed)
ABSENCE = Absence(SETTINGS.absence_file)
# Distinguishes its orders from those of other runs on the same data, whatever the seed.
LEDGER = Ledger(SETTINGS.orders_file, secrets.token_hex(2))


class Shopper(FastHttpUser):
    """Plays one visitor after another."""

    abstract = True
    host = SETTINGS.host
    wait_time = between(*SETTINGS.think)
    network_timeout = 15.0
    connection_timeout = 5.0
    shop: Shop  # set once, when a run starts
    journey: Callable[[Visitor], None]  # what they come for

    @task
    def visit(self) -> None:
        """One person comes, does what they came for, and leaves."""
        transport = LocustTransport(self.client, ABSENCE)
        transport.forget()
        try:
            dice = random.Random(DICE.random())
            self.journey(Visitor(transport, self.shop, dice, self.think, LEDGER))
        except VisitEnds as ends:
            log.debug("a visit ended early at %s", ends)

    def think(self) -> None:
        """Wait as people do between two clicks; leave when the run is being stopped."""
        if self._state == LOCUST_STATE_STOPPING:
            raise StopUser
        gevent.sleep(self.wait_time())


class Browser(Shopper):
    """Most people only look."""

    weight = 5
    journey = staticmethod(browse)


class Searcher(Shopper):
    """Knows a word, finds the product."""

    weight = 4
    journey = staticmethod(search)


class Buyer(Shopper):
    """Orders in the app."""

    weight = 4
    journey = staticmethod(buy)


class PageVisitor(Shopper):
    """Comes with a browser, to look around."""

    weight = 2
    journey = staticmethod(web.wander)


class PageBuyer(Shopper):
    """Orders through cart and checkout."""

    weight = 1
    journey = staticmethod(web.buy)


class Newcomer(Shopper):
    """Opens an account with a browser. Only where everyone is let in."""

    abstract = not SETTINGS.everyone
    weight = 2
    journey = staticmethod(newcomer.join)


class Staff(Shopper):
    """Saves prices and counts shelves. Only where everyone is let in."""

    abstract = not SETTINGS.everyone
    weight = 2
    journey = staticmethod(staff.work)


class Bookkeeper(Shopper):
    """Reads the sales report. Only where everyone is let in."""

    abstract = not SETTINGS.everyone
    weight = 1
    journey = staticmethod(staff.read_sales)


class Errands(Shopper):
    """Saves a price, and reads the sales of some days. Only where everyone is let in."""

    abstract = not SETTINGS.everyone
    fixed_count = 2
    journey = staticmethod(staff.run_errands)


def ask(host: str) -> Callable[[str], Mapping[str, Any]]:
    """How `discover` reads the shop. Raises ShopUnreadable when nothing useful comes back."""

    def fetch(path: str) -> Mapping[str, Any]:
        try:
            body = httpx2.get(host + path, timeout=10.0).raise_for_status().json()
        except (httpx2.HTTPError, ValueError) as error:
            raise ShopUnreadable(f"{host}{path}: {error}") from error
        if not isinstance(body, dict):
            raise ShopUnreadable(f"{host}{path}: not a JSON object")
        return body

    return fetch


def on_init(environment: Environment, **_: Any) -> None:
    """Write figures where we were asked to."""
    if SETTINGS.stats_file:
        StatsWriter(environment, SETTINGS.stats_file, LEDGER).listen()


def on_test_start(environment: Environment, **_: Any) -> None:
    """Look at what the shop sells before anybody is let in."""
    try:
        Shopper.shop = discover(ask(environment.host or SETTINGS.host))
    except ShopUnreadable as unreadable:
        log.error("%s", unreadable)
        environment.process_exit_code = 2
        raise StopTest from unreadable


LISTENERS: Any = events  # Locust's own decorators are untyped
LISTENERS.init.add_listener(on_init)
LISTENERS.test_start.add_listener(on_test_start)

"""What Locust loads for `make chaos`: people who order, look their orders up, and cancel some.

CHAOS_JOURNAL  the file that every question and answer goes to
CHAOS_SEED     of the dice
CHAOS_ENDING   a session cookie for one of them, which ends in the middle; he then logs in again
CHAOS_STEADY   a file that appears once orders stay on the new side to the end of the run
CHAOS_PACE     visits of each of them in a second
Until then they ask once and never repeat: an answer that did not come is written down as unknown.
From then on some ask again with the same Idempotency-Key, which the facade and the new side know.
"""

from __future__ import annotations

import os
import random
import time
import uuid
from http.cookiejar import Cookie
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import gevent
from locust import FastHttpUser, constant_throughput, task

from loadtests.chaos.journal import PREFIX, Fate, Writer, judge, shown_of
from loadtests.visitor import CUSTOMERS, PASSWORD

JOURNAL = Writer(Path(os.environ["CHAOS_JOURNAL"]))
DICE = random.Random(int(os.environ.get("CHAOS_SEED", "1")))
SKUS = os.environ["CHAOS_SKUS"].split()
STEADY = Path(os.environ["CHAOS_STEADY"])
PACE = float(os.environ.get("CHAOS_PACE", "1"))
ENDING = [cookie] if (cookie := os.environ.get("CHAOS_ENDING")) else []  # until somebody has it
UNKNOWN_TO_LEGACY = 401
HISTORY = "/api/orders?per_page=100"  # the most: those that are pending come first
CANCEL, LOOK, KEYED = 0.15, 0.5, 0.5
TRIES, TRY_PAUSE = 4, 0.5  # with one key; seconds
LOGIN_PAUSE = 0.3  # seconds


class Customer(FastHttpUser):
    """Logged in; orders about as often as the bar for the stack allows."""

    wait_time = constant_throughput(PACE)
    network_timeout = 20.0
    connection_timeout = 5.0
    _age: str | None = None  # of the last answer, in seconds; only while legacy is away
    _took = 0.0  # seconds, from the last question to its answer
    _ending = False  # his session began long ago, and has not ended yet

    def on_start(self) -> None:
        """Log in, or have a session from long ago."""
        if ENDING:
            self._ending = True
            self.client.cookiejar.set_cookie(_session(ENDING.pop(), str(self.host)))
        else:
            self._log_in()

    def _log_in(self) -> None:
        """For as long as it takes."""
        email = f"kunde{DICE.randint(1, CUSTOMERS):03d}@example.org"
        while not self._logged_in(email):
            gevent.sleep(LOGIN_PAUSE)

    def _logged_in(self, email: str) -> bool:
        body = {"email": email, "password": PASSWORD}
        answer = self._ask("POST", "/api/login", "/api/login", body)
        return answer is not None and answer.get("ok") == "Y"

    @task
    def order(self) -> None:
        text = PREFIX + uuid.UUID(int=DICE.getrandbits(128)).hex[:20]
        lines = {sku: DICE.randint(1, 2) for sku in DICE.sample(SKUS, DICE.randint(1, 2))}
        JOURNAL.write("asked", text, lines=lines)
        body = {
            "lines": [{"sku": sku, "qty": pieces} for sku, pieces in lines.items()],
            "po_number": text,
            "pay_method": DICE.choice(("invoice", "card")),
        }
        status, answer = self._place(text, body)
        fate = judge(status, answer)
        if fate is Fate.PLACED and answer:
            self._afterwards(text, str(answer["order_no"]))
        elif fate is Fate.PENDING and answer:
            self._look(text, f"/api/order-requests/{answer['id']}", "/api/order-requests/{id}")
            self._look(text, HISTORY, "/api/orders [history]")

    def _place(self, text: str, body: Any) -> tuple[int, dict[str, Any] | None]:
        """Once; with a key again, also when the first answer was clear. The last clear answer."""
        keyed = STEADY.exists() and DICE.random() < KEYED
        headers = {"Idempotency-Key": text} if keyed else {}
        clear: tuple[int, dict[str, Any] | None] = (0, None)
        for attempt in range(TRIES if keyed else 1):
            if attempt:
                gevent.sleep(TRY_PAUSE)
            found = self._exchange("POST", "/api/orders", "/api/orders", body, headers)
            self._write("answered", text, status=found[0], body=found[1], again=attempt)
            if judge(*found) is not Fate.UNKNOWN:
                clear = found
                if attempt:
                    break
        return clear

    def _afterwards(self, text: str, order_no: str) -> None:
        path, name = f"/api/orders/{order_no}", "/api/orders/{order_no}"
        if DICE.random() < LOOK:
            self._look(text, path, name, order_no)
            self._look(text, HISTORY, "/api/orders [history]", order_no)
        if DICE.random() < CANCEL:
            status, _ = self._exchange("POST", f"{path}/cancel", f"{name}/cancel", {})
            self._write("cancelled", text, status=status)
            self._look(text, path, name, order_no)

    def _look(self, text: str, path: str, name: str, order_no: str = "") -> None:
        """Read something, and write down what it shows of the order, and how old it says it is."""
        status, body = self._exchange("GET", path, name)
        shown = shown_of(body or {}, order_no)
        self._write("read", text, status=status, path=name, age=self._age, shown=shown)

    def _write(self, kind: str, text: str, **more: Any) -> None:
        """An answer. A customer whose session has ended logs in again."""
        JOURNAL.write(kind, text, took=round(self._took, 3), ending=self._ending, **more)
        if self._ending and more["status"] == UNKNOWN_TO_LEGACY:
            self._ending = False
            self._log_in()

    def _ask(self, method: str, path: str, name: str, body: Any = None) -> dict[str, Any] | None:
        status, answer = self._exchange(method, path, name, body)
        return answer if status == 200 else None

    def _exchange(
        self,
        method: str,
        path: str,
        name: str,
        body: Any = None,
        headers: dict[str, str] | None = None,
    ) -> tuple[int, dict[str, Any] | None]:
        """Status and JSON; 0 when nothing came back. Troubled answers are counted, not failed."""
        began = time.monotonic()
        with self.client.request(
            method, path, name=name, json=body, headers=headers, catch_response=True
        ) as response:
            self._took = time.monotonic() - began
            status = int(response.status_code or 0)
            self._age = (response.headers or {}).get("Age")
            try:
                found = response.json() if status else None
            except ValueError:
                found = None
            if status == 0 or status >= 500:
                response.failure(f"{status}")
            else:
                response.success()
        return status, found if isinstance(found, dict) else None


def _session(value: str, host: str) -> Cookie:
    """As the shop would have set it."""
    name = str(urlsplit(host).hostname)
    return Cookie(
        *(0, "session", value, None, False, name, False, False, "/", True),
        *(False, None, False, None, None, {"HttpOnly": ""}),
    )

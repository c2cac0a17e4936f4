"""The form of a stranger: what is wrong with it is said as the monolith says it, and a lost answer
is looked for by the address. Nothing is sent twice."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.logins import Login, NewCustomer
from contracts.record import RecordAway, RecordRefused, RecordSilent
from legacy_monolith.passwords import hashed
from legacy_monolith.views import account
from new_services.accounts.registration import (
    LOOKS,
    MOST_TRIES,
    TAKEN,
    BadForm,
    NotCertain,
    Registration,
    check,
)
from new_services.accounts.session import SessionCodec
from tests.rigs.facade.messages.anything import TEXTS

NEW = NewCustomer("Eva@Example.org", "Eva", "Gasse 1", "6020", "Füssen", "pass word")
CODEC = SessionCodec("k" * 32, lambda: 1_800_000_000.0)

EMAILS = ["", "a", "a@b", "a@b.c", "a@b.de", "a b@c.de", "a@b@c.de", "é@ö.de", "a@b.de\n",
          "x" * 64 + "@b.de", "x" * 65 + "@b.de", "a@" + "y" * 121 + ".de",
          "a@b." + "z" * 16]  # fmt: skip


def _problem(form: NewCustomer) -> str | None:
    try:
        check(form)
    except BadForm as error:
        return str(error)
    return None


def _legacys(form: NewCustomer) -> str | None:
    fields = {name: getattr(form, name) for name in account.FIELDS}
    return account._problem(fields, form.password)


@pytest.mark.parametrize("email", EMAILS)
def test_each_kind_of_address(email: str) -> None:
    form = replace(NEW, email=email)
    assert _problem(form) == _legacys(form)


@pytest.mark.parametrize("name", ["name", "street", "zip", "city", "password"])
@pytest.mark.parametrize("length", [0, 1, 7, 8, 20, 21, 100, 101, 200, 201])
def test_each_length_of_each_field(name: str, length: int) -> None:
    form = replace(NEW, **{name: "x" * length})
    assert _problem(form) == _legacys(form)


@given(st.builds(NewCustomer, *[TEXTS | st.sampled_from(EMAILS)] * 6))
def test_any_form(form: NewCustomer) -> None:
    assert _problem(form) == _legacys(form)


class Shop:
    """The monolith: its customers by address, and what becomes of each form."""

    def __init__(self, *plan: Exception | str) -> None:
        self.plan = list(plan)
        self.logins: dict[str, Login] = {}
        self.sent: list[tuple[NewCustomer, str, str]] = []
        self.registrations: dict[str, tuple[str, int]] = {}
        self.paused = 0.0
        self.late = 0  # looks until a late account is there

    def open(self, form: NewCustomer, password: str = "") -> None:
        made = hashed(password or form.password)
        self.logins[form.email.lower()] = Login(len(self.logins) + 7, made)

    async def find(self, address: str) -> Login | None:
        return self.logins.get(address)

    async def register(self, form: NewCustomer, cookie: str, token: str, until: float) -> None:
        assert until > 0
        self.sent.append((form, cookie, token))
        fate = self.plan.pop(0) if self.plan else "done"
        if fate == "done":
            self.open(form)
        elif fate == "cut":
            self.open(form)
            raise RecordSilent("cut after the commit")
        elif fate == "late":
            self.late = 2
            raise RecordSilent("given up while it was under way")
        elif isinstance(fate, Exception):
            raise fate

    async def pause(self, seconds: float) -> None:
        self.paused += seconds
        if self.late:
            self.late -= 1
            if not self.late:
                self.open(self.sent[-1][0])

    # The table of registrations.

    async def execute(self, _: str, address: str, digest: str) -> None:
        self.registrations[address] = (digest, 0)

    async def fetchval(
        self, _: str, address: str, digest: str, __: float, most: int
    ) -> bool | None:
        known, tries = self.registrations.get(address, ("", 0))
        if known != digest or tries >= most:
            return None
        self.registrations[address] = (known, tries + 1)
        return True

    def registration(self) -> Registration:
        pool: Any = self
        return Registration(pool, self, self, CODEC, lambda: 100.0, self.pause)


def customer_of(set_cookie: str) -> int | None:
    return CODEC.read(set_cookie.partition("=")[2].partition(";")[0]).customer_id


async def test_a_new_customer_is_logged_in() -> None:
    shop = Shop()
    assert customer_of(await shop.registration().register(NEW)) == 7
    ((form, cookie, token),) = shop.sent
    assert form == NEW
    session = CODEC.read(cookie.removeprefix("session="))
    assert (session.customer_id, session.csrf) == (None, token)


@pytest.mark.parametrize("fate", ["cut", "late"])
async def test_after_a_lost_answer_the_address_is_looked_for(fate: str) -> None:
    shop = Shop(fate)
    assert customer_of(await shop.registration().register(NEW)) == 7
    assert len(shop.sent) == 1


async def test_what_nobody_knows_is_not_sent_again_by_itself() -> None:
    shop = Shop(RecordSilent("lost"))
    with pytest.raises(NotCertain):
        await shop.registration().register(NEW)
    assert len(shop.sent) == 1 and shop.paused > 0
    assert LOOKS > 1
    assert customer_of(await shop.registration().register(NEW)) == 7  # by the customer
    assert len(shop.sent) == 2


async def test_the_same_form_again_is_the_same_registration() -> None:
    """The customer's browser lost the answer, or this process died over it."""
    shop = Shop()
    await shop.registration().register(NEW)
    assert customer_of(await shop.registration().register(NEW)) == 7
    assert len(shop.sent) == 1


@pytest.mark.parametrize(
    "other", [replace(NEW, name="Eve"), replace(NEW, password="other password")]
)
async def test_another_form_for_the_address_is_not(other: NewCustomer) -> None:
    shop = Shop()
    await shop.registration().register(NEW)
    with pytest.raises(BadForm, match=TAKEN):
        await shop.registration().register(other)
    assert len(shop.sent) == 1


async def test_an_address_that_was_taken_before_is_no_registration_of_ours() -> None:
    shop = Shop()
    shop.open(NEW)
    with pytest.raises(BadForm, match=TAKEN):
        await shop.registration().register(NEW)
    assert shop.sent == []


async def test_the_form_is_no_way_to_try_passwords() -> None:
    shop = Shop()
    await shop.registration().register(NEW)
    for number in range(MOST_TRIES):
        with pytest.raises(BadForm, match=TAKEN):
            await shop.registration().register(replace(NEW, password=f"guess number {number}"))
    with pytest.raises(BadForm, match=TAKEN):
        await shop.registration().register(NEW)


@pytest.mark.parametrize(
    ("refusal", "said"),
    [
        (RecordRefused(400, {"problem": TAKEN}), TAKEN),
        (RecordRefused(400, {"error": "bad input"}), "bad input"),
    ],
)
async def test_the_monolith_has_the_last_word(refusal: RecordRefused, said: str) -> None:
    with pytest.raises(BadForm, match=said):
        await Shop(refusal).registration().register(NEW)


async def test_a_monolith_that_is_away_did_nothing() -> None:
    shop = Shop(RecordAway("not reached"))
    with pytest.raises(RecordAway):
        await shop.registration().register(NEW)
    assert shop.logins == {}


async def test_somebody_else_who_was_faster_with_the_address_is_not_logged_in() -> None:
    shop = Shop(RecordSilent("lost"))
    registration = shop.registration()

    async def pause(_: float) -> None:
        shop.open(NEW, "their own password")

    with pytest.raises(NotCertain):
        await replace(registration, pause=pause).register(NEW)

"""Whose form and whose logins it is: a form that legacy could not answer because of a cutover is
decided by one look, and no other is sent twice."""

import time
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from chassis.ownership.gate import Moving, WriteGate
from chassis.ownership.record import Owner, Phase, Record
from contracts.logins import Login, LoginsAway, NewCustomer
from contracts.record import RecordRefused, RecordSilent
from legacy_monolith.passwords import hashed, matches
from new_services.accounts import passwords
from new_services.accounts.owner.logins import OwnAccounts, OwnedLogins, OwnedRegistrar
from new_services.accounts.registration import TAKEN
from tests.rigs.ownership.protocol import MemoryRecords

FORM = NewCustomer("Eva@Example.org", "Eva", "Gasse 1", "6020", "Füssen", "pass word")
ADDRESS = "eva@example.org"


def clock() -> datetime:
    return datetime.fromisoformat("2026-01-02")


class World:
    """Both sides. `plan`: what becomes of each form at the monolith, and `then` of the record."""

    def __init__(self) -> None:
        self.records = MemoryRecords(domain="accounts", stored=Record("accounts"))
        self.legacys: dict[str, Login] = {}
        self.ours: dict[str, Login] = {}
        self.sent = 0
        self.done: list[str] = []
        self.fate: Exception | None = None
        self.commits = False  # the monolith has it, whatever it answers
        self.then: Record | None = None
        self.trouble = ""

    # The monolith's form and logins.

    async def register(self, form: NewCustomer, *_: Any) -> None:
        self.sent += 1
        if self.fate is None or self.commits:
            self.legacys[form.email.lower()] = Login(7, hashed(form.password))
        if self.then is not None:
            self.records.stored = self.then
            self.ours = dict(self.legacys)
        if self.fate is not None:
            fate, self.fate = self.fate, None
            raise fate

    async def find(self, address: str) -> Login | None:
        if self.trouble:
            raise LoginsAway(self.trouble)
        return self.legacys.get(address)

    def registrar(self) -> OwnedRegistrar:
        own = Ours(self)
        return OwnedRegistrar(self, own, OwnedLogins(self, own))

    async def post(self) -> None:
        await self.registrar().register(FORM, "cookie", "token", time.monotonic() + 1)


class Ours(OwnAccounts):
    """Our own tables, in memory."""

    __slots__ = ("world",)

    def __init__(self, world: World) -> None:
        pool: Any = None
        super().__init__(pool, WriteGate(world.records), clock, self._given)
        object.__setattr__(self, "world", world)

    async def _given(self, _: int) -> None:
        raise AssertionError("not asked")

    async def find(self, address: str) -> Login | None:
        return self.world.ours.get(address)

    async def register(self, form: NewCustomer) -> None:
        world = self.world
        if world.records.stored.writer is not Owner.NEW:
            raise Moving("accounts")
        if form.email.lower() in world.ours:
            raise RecordRefused(400, {"problem": TAKEN})
        world.ours[form.email.lower()] = Login(8, hashed(form.password))
        world.done.append("ours")


def record(owner: Owner, **more: Any) -> Record:
    return replace(Record("accounts", owner=owner, attempt=1), **more)


async def test_the_form_goes_to_the_owner() -> None:
    world = World()
    await world.post()
    assert (world.sent, world.done) == (1, [])
    world.records.stored = record(Owner.NEW)
    await world.post()
    assert (world.sent, world.done) == (1, ["ours"])


@pytest.mark.parametrize("commits", [True, False])
async def test_what_the_fence_left_open_is_decided_by_one_look(commits: bool) -> None:
    world = World()
    world.fate = RecordSilent("legacy answered 503", answered=True)
    world.then, world.commits = record(Owner.NEW), commits
    await world.post()
    assert world.sent == 1
    assert world.done == ([] if commits else ["ours"])
    assert ADDRESS in world.ours


async def test_an_attempt_that_failed_lets_the_form_be_sent_again() -> None:
    world = World()
    world.fate = RecordSilent("legacy answered 503", answered=True)
    world.then = record(Owner.LEGACY)
    await world.post()
    assert (world.sent, world.done) == (2, [])


@pytest.mark.parametrize(
    ("answered", "then"), [(True, None), (False, None), (False, record(Owner.LEGACY))]
)
async def test_no_other_silence_is_explained(answered: bool, then: Record | None) -> None:
    world = World()
    world.fate, world.then = RecordSilent("lost", answered=answered), then
    with pytest.raises(RecordSilent):
        await world.post()
    assert world.sent == 1


async def test_somebody_elses_account_is_not_taken_for_ones_own() -> None:
    world = World()
    world.legacys[ADDRESS] = Login(7, hashed("their password"))
    world.fate = RecordSilent("lost", answered=True)
    world.then = record(Owner.NEW)
    with pytest.raises(RecordRefused):
        await world.post()


async def test_a_form_waits_while_the_accounts_change_hands_and_no_longer() -> None:
    world = World()
    world.records.stored = record(Owner.LEGACY, phase=Phase.FENCED)
    with pytest.raises(Moving):
        await world.registrar().register(FORM, "cookie", "token", time.monotonic() + 0.05)
    assert (world.sent, world.done) == (0, [])


async def test_logins_are_the_owners() -> None:
    world = World()
    world.legacys["a"], world.ours["a"] = Login(1, "x"), Login(1, "y")
    logins = OwnedLogins(world, Ours(world))
    assert await logins.find("a") == Login(1, "x")
    world.trouble = "away"
    with pytest.raises(LoginsAway):
        await logins.find("a")
    assert logins.trouble == "away"
    world.records.stored = record(Owner.NEW)
    assert await logins.find("a") == Login(1, "y")
    assert logins.trouble == ""  # nobody asks legacy any more


def test_what_the_monolith_must_read_is_written_as_it_writes() -> None:
    made = passwords.hashed_for_the_monolith("pass word")
    assert made.partition("$")[0] == hashed("pass word").partition("$")[0]
    assert matches(made, "pass word") and not passwords.is_todays(made)
    today = passwords.hashed_today("pass word")
    assert matches(today, "pass word") and passwords.is_todays(today)


class Renewed:
    """A pool that keeps updates."""

    def __init__(self) -> None:
        self.updates: list[Any] = []

    async def execute(self, _: str, *values: Any) -> None:
        self.updates.append(values)


@pytest.mark.parametrize(
    ("stands", "made", "renewed"),
    [
        (record(Owner.LEGACY), hashed, False),
        (record(Owner.NEW, window_open=True), hashed, False),
        (record(Owner.NEW), passwords.hashed_today, False),
        (record(Owner.NEW), hashed, True),
    ],
)
async def test_a_hash_is_renewed_once_legacy_reads_it_no_more(
    stands: Record, made: Callable[[str], str], renewed: bool
) -> None:
    stored = made("pw")
    pool: Any = Renewed()
    records = MemoryRecords(domain="accounts", stored=stands)

    async def given(_: int) -> None:
        raise AssertionError("legacy is not called")

    own = OwnAccounts(pool, WriteGate(records), clock, given)
    await own.renew(Login(7, stored), "pw")
    assert [values[:2] for values in pool.updates] == ([(7, stored)] if renewed else [])
    assert all(passwords.is_todays(values[2]) for values in pool.updates)

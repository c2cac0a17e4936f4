"""A domain in the process of its owning service: the endpoints, and what runs all the time."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fastapi import FastAPI

from chassis.ownership.closed.publisher import StatePublisher
from chassis.ownership.driver import Driver
from chassis.ownership.endpoint import Cutover
from chassis.ownership.records import Records
from chassis.ownership.reverse import ReverseFeed
from chassis.ownership.sides import LegacySide, OwnSide
from chassis.process.assembly import closing
from chassis.process.service import Background


@dataclass(frozen=True, slots=True)
class Ownership:
    """What a composition root passes on of a domain; `given` waits a moment
    until legacy has a change of ours, by its number."""

    register: Callable[[FastAPI], None]
    background: Sequence[Background]
    given: Callable[[int], Awaitable[None]]
    details: Callable[[], Mapping[str, Any]]
    alarms: Callable[[], Mapping[str, str]]
    close: Callable[[], Awaitable[None]]


def ownership_of(
    database_url: str,
    records: Records,
    legacy: LegacySide | None,
    own: OwnSide,
    publisher: StatePublisher,
) -> Ownership:
    """Of one domain. Where the service was not given legacy's database, the domain stays whose it
    is."""
    reverse = ReverseFeed(database_url, records, legacy, own, publisher)

    def details() -> Mapping[str, Any]:
        return {"reverse": {"position": reverse.position, "trouble": reverse.trouble}}

    if legacy is None:
        return Ownership(lambda _: None, (reverse.run,), reverse.given, details, dict, closing())
    driver = Driver(records, legacy, own, reverse)

    def alarms() -> Mapping[str, str]:
        trouble = driver.trouble
        return {f"owner of {records.domain}": trouble} if trouble else {}

    return Ownership(
        Cutover(driver).register,
        (driver.watch, reverse.run),
        reverse.given,
        details,
        alarms,
        legacy.close_connections,
    )

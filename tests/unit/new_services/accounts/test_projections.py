"""The customers are mirrored as they are; nothing is derived of them."""

from typing import Any

import pytest

from chassis.readmodel import mirror
from contracts.feed.facts import Stored
from new_services.accounts import projections
from new_services.accounts.app import legacy_model


async def test_a_batch_is_mirrored(monkeypatch: pytest.MonkeyPatch) -> None:
    applied: list[Any] = []

    async def apply(_: object, facts: object) -> None:
        applied.append(facts)

    monkeypatch.setattr(mirror, "apply", apply)
    facts = [Stored("customer", 1, {"name": "Anna"}, (1, 0))]
    await projections.apply(None, facts)
    assert applied == [facts]


async def test_nothing_is_derived_of_them() -> None:
    assert await projections.concerned(None, {"customer": [{"id": 1}]}) == []
    await projections.derive(None, {"customer": [{"id": 1}]})


@pytest.mark.legacy
def test_the_subjects_of_customers_alone_are_read() -> None:
    assert [subject for subject in legacy_model().translate.subjects if "customer" in subject]

"""Legacy's customers, from the feed into a mirror of them; never the hashes of their passwords."""

from collections.abc import Sequence

import asyncpg

from chassis.readmodel import mirror
from chassis.readmodel.deriving import Rows
from chassis.readmodel.projection import Model
from contracts.feed.entities import CUSTOMER
from contracts.feed.facts import Fact, Translator

ENTITIES = (CUSTOMER,)


def model(translate: Translator) -> Model:
    """The read model of the accounts."""
    return Model(translate, ENTITIES, apply)


async def apply(connection: asyncpg.Connection, facts: Sequence[Fact]) -> None:
    """One batch, in the open transaction."""
    await mirror.apply(connection, facts)


async def concerned(_: asyncpg.Connection, __: Rows) -> list[str]:
    """Nothing is derived of the rows."""
    return []


async def derive(_: asyncpg.Connection, __: Rows) -> None:
    """Nothing is derived of the rows."""

"""The end of the demo: what `fig verify` and its neighbours say, as `record.Verified`."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from fig.demo.judge.record import Entity, Law, Verified
from fig.demo.stage.commands import Fig

PATIENCE = 60.0  # seconds in which what is under way has to come to rest
POLL = 1.0  # seconds

Json = Mapping[str, Any]


async def closed(fig: Fig, ledger: Path, databases: Mapping[str, str]) -> Verified:
    """The verdict when all is quiet. Raises DemoFailed when somebody gives none.

    A mail may still be on its way when the last shopper has left; what is wrong stays wrong.
    """
    until = time.monotonic() + PATIENCE
    while True:
        found = await looked(fig, ledger, databases)
        if found.ok or time.monotonic() > until:
            return found
        await asyncio.sleep(POLL)


async def looked(fig: Fig, ledger: Path, databases: Mapping[str, str]) -> Verified:
    """The verdict at this moment."""
    verify, sagas, letters, receipts = await asyncio.gather(
        fig.verdict("verify"),
        fig.verdict("sagas", "--stuck"),
        fig.verdict("deadletters"),
        fig.module("loadtests.receipts", str(ledger), **databases),
    )
    return verified(verify, sagas, letters, receipts)


def verified(verify: Json, sagas: Json, letters: Json, receipts: Json) -> Verified:
    stuck = tuple(f"{one['id']}: {one.get('reason', '')}" for one in sagas.get("sagas") or [])
    wrong = tuple(str(each) for each in receipts.get("wrong") or [])
    unread = len(letters.get("letters") or [])
    return Verified(
        ok=bool(verify.get("ok")) and not (stuck or wrong or unread),
        entities=tuple(entity(each) for each in verify.get("entities") or []),
        laws=tuple(law(each) for each in verify.get("laws") or []),
        stuck=stuck,
        letters=unread,
        acknowledged=int(receipts.get("acknowledged") or 0),
        accepted=int(receipts.get("accepted") or 0),
        by_saga=int(receipts.get("new_side") or 0),
        wrong=wrong,
    )


def entity(each: Json) -> Entity:
    """One table. What could not be judged because it moves counts as different."""
    differ = sum((each.get("kinds") or {}).values()) + int(each.get("not_looked_into") or 0)
    return Entity(
        service=str(each["service"]),
        name=str(each["entity"]),
        table=str(each["table"]),
        rows=int((each.get("rows") or {}).get("legacy") or 0),
        differ=differ + len(each.get("unsettled") or []),
    )


def law(each: Json) -> Law:
    """One law, with how often it is broken."""
    return Law(str(each["database"]), str(each["law"]), len(each.get("broken") or []))

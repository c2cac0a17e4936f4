"""The parts of a service with sagas in its database: one runner, and its users."""

import asyncio
import time
from collections.abc import Mapping
from dataclasses import dataclass

import asyncpg

from chassis.breaker import toward_legacy
from chassis.breaker.toward_legacy import BreakerCollector, Guards
from chassis.process.assembly import Ground
from chassis.saga.callees import Callees
from chassis.saga.definition import Saga
from chassis.saga.operator import Operator
from chassis.saga.runner import Runner
from chassis.saga.starting import Starter
from chassis.saga.storage.postgres import PostgresStore


class ProcessClock:
    def monotonic(self) -> float:
        """Seconds since some moment."""
        return time.monotonic()

    async def sleep(self, seconds: float) -> None:
        """Really."""
        await asyncio.sleep(seconds)


@dataclass(frozen=True, slots=True)
class Sagas:
    """`runner` carries them on, `starter` begins them for requests, `operator` shows them."""

    runner: Runner
    starter: Starter
    operator: Operator


def assembled(
    pool: asyncpg.Pool, sagas: Mapping[str, Saga], holder: str, callees: Callees
) -> Sagas:
    """For one instance, `holder` by name."""
    store = PostgresStore(pool)
    runner = Runner(store, sagas, ProcessClock(), holder, callees=callees)
    return Sagas(runner, Starter(runner, store), Operator(runner, store, sagas))


def toward_the_monolith(ground: Ground, sagas: Mapping[str, Saga], guards: Guards) -> Sagas:
    """For a service whose sagas call the monolith alone, with its breakers among the metrics."""
    ground.metrics.register(BreakerCollector(guards))
    callees = Callees(lambda: toward_legacy.held(guards))
    return assembled(ground.pool, sagas, ground.instance, callees)

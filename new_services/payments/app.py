"""Composition root of the payments service."""

from chassis.events.outbox import Relay
from chassis.process.assembly import Ground, Parts
from chassis.retention import forgetting
from new_services.payments.cleaning import NOTE, RULES
from new_services.payments.endpoints import Endpoints
from new_services.payments.guarded import GuardedProvider
from new_services.payments.handlers import Handler
from new_services.payments.simulator import Mood, SimulatedProvider


async def build(ground: Ground) -> Parts:
    """Relay of events, provider, commands, endpoints."""
    relay = Relay(ground.settings.database_url, ground.nats, ground.metrics)
    mood = Mood()
    provider = GuardedProvider(SimulatedProvider(ground.pool, mood))
    handler = Handler(ground.pool, provider, relay.wake)
    endpoints = Endpoints(ground.pool, handler, mood)
    return Parts(
        register=endpoints.register,
        calls=endpoints.calls(),
        background=[relay.run, forgetting(ground.pool, RULES, NOTE)],
        details=lambda: {"breakers": {"provider": dict(provider.guard.facts())}},
    )

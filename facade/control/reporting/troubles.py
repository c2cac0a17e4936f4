"""What is wrong with upstreams now, from the last snapshots of the workers."""

from collections.abc import Iterator, Mapping
from typing import Any

from chassis.breaker.circuit import State
from facade.control.intake.fleet import Fleet
from facade.control.reporting.trouble import Kind, Trouble
from facade.routes.config.routefile import UpstreamConfig


def upstream_troubles(fleet: Fleet, configs: Mapping[str, UpstreamConfig]) -> Iterator[Trouble]:
    """Addresses that are down, upstreams without any, breakers that are not closed.

    Only of upstreams in the table in force.
    """
    counts = [worker.counters.get("upstreams", {}) for worker in fleet.living()]
    for name, config in configs.items():
        seen = [one[name] for one in counts if name in one]
        yield from _addresses(name, config, seen)
        yield from _breakers(name, seen)


def _addresses(name: str, config: UpstreamConfig, seen: list[Any]) -> Iterator[Trouble]:
    known = [one.get("instances", {}) for one in seen]
    if config.service and seen and not any(known):
        why = f"has no address: the registry knows no instance of {config.service}"
        yield Trouble(Kind.UPSTREAM, f"upstream {name}", why)
    unwell = {url for instances in known for url, well in instances.items() if not well}
    check = f", or {config.health.path} does not answer well" if config.health else ""
    for url in sorted(unwell):
        why = f"is down: it accepts no connection{check}"
        yield Trouble(Kind.UPSTREAM, f"upstream {name}, {url},", why)


def _breakers(name: str, seen: list[Any]) -> Iterator[Trouble]:
    """A breaker is said to be open until it is closed again; probes and ramp belong to that."""
    breakers = [one.get("breaker", {}) for one in seen]
    for circuit_class in sorted({each for one in breakers for each in one}):
        facts = [one[circuit_class] for one in breakers if circuit_class in one]
        held = [one for one in facts if one["state"] != State.CLOSED]
        if held:
            where = f" in {len(held)} of {len(seen)} workers" if len(seen) > 1 else ""
            subject = f"the breaker of {name} for {circuit_class}s"
            yield Trouble(Kind.BREAKER, subject, f"opened{where}: {held[0]['why']}")

"""Compile the limits of a route file: each once, for all routes that name it."""

from typing import Final

from facade.routes.config.limitfile import ENFORCE, KeySource, LimitConfig
from facade.routes.config.routefile import FacadeOptions, RouteFile
from facade.routes.decision import compile_key
from facade.routes.keys import Extractor, Headers
from facade.routes.limits.limit import API_KEY, MACHINE, NAMED, PERSON, Limit, network_of

NANOSECONDS: Final = 1_000_000_000


def compile_limits(file: RouteFile) -> dict[str, Limit]:
    """By name."""
    return {name: compile_limit(config, file.facade) for name, config in file.limits.items()}


def compile_limit(config: LimitConfig, options: FacadeOptions) -> Limit:
    """A limit of the route file."""
    interval = max(1, config.rate.seconds * NANOSECONDS // config.rate.number)
    burst = config.burst or config.rate.number
    window = max(1, -(-burst * interval // NANOSECONDS))
    return Limit(
        name=config.name,
        interval=interval,
        burst=burst,
        keys=tuple(_key(source, options) for source in config.key),
        enforced=config.mode == ENFORCE,
        policy=b'"%b";q=%d;w=%d' % (config.name.encode("ascii"), burst, window),
        by_person=any(source.kind == PERSON for source in config.key),
        by_machine=any(source.kind in (API_KEY, MACHINE) for source in config.key),
        by_address=config.key[0].kind == "client",
    )


def _key(source: KeySource, options: FacadeOptions) -> tuple[str, Extractor]:
    if source.kind == "client":
        return str(source), lambda _headers, _path, client: network_of(client) or None
    if source.kind in NAMED:
        return source.kind, _nobody
    return compile_key(source, "", options)


def _nobody(_headers: Headers, _path: str, _client: str) -> str | None:
    return None

"""Compile what a route demands of machines."""

from facade.routes.config.machinefile import ENFORCE, AllowConfig
from facade.routes.machines.allow import Allow


def compile_allow(config: AllowConfig | None) -> Allow | None:
    """What the file says, as requests meet it."""
    if config is None:
        return None
    return Allow(
        owners=frozenset(config.keys),
        issuers=frozenset(config.issuers),
        anybody=not (config.keys or config.issuers),
        scopes=config.scopes,
        enforced=config.mode == ENFORCE,
    )

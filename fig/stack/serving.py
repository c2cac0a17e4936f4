"""How a service of the new side is started, and how its database gets its tables."""

from collections.abc import Mapping

from fig.stack.places import Place
from fig.supervise.probes import HttpReady
from fig.supervise.process import Process


def service(
    place: Place,
    name: str,
    needs: tuple[str, ...],
    patience: float | None = None,
    instead: Mapping[str, tuple[str, ...]] | None = None,
    **settings: str,
) -> Process:
    """`python -m new_services.NAME`, which says on /readyz that it is ready. `settings` are its
    variables without their prefix."""
    return Process(
        name=name,
        command=(place.python, "-m", f"new_services.{name}"),
        forked=True,
        env={variable(name, key): value for key, value in settings.items()},
        needs=needs,
        ready=HttpReady(place.address(name), "/readyz"),
        ports=(name,),
        patience=patience,
        instead=instead or {},
    )


def migration(place: Place, name: str, databases: str, env: Mapping[str, str]) -> Process:
    """Brings these databases (a comma between) to their last version, in one process."""
    command = (place.python, "-m", "migrations", databases, "upgrade")
    return Process(name=name, command=command, forked=True, env=env, needs=("databases",))


def variable(name: str, key: str) -> str:
    """The environment variable of a service's setting."""
    return f"{name}_{key}".upper()

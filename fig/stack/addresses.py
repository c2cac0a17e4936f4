"""The engines as the stack's processes reach them: URLs with a role's name and password."""

from fig.stack.engines.bus_rights import OPERATOR, secret_name
from fig.stack.places import Place


def database_url(place: Place, name: str, database: str | None = None) -> str:
    """A role's URL; the database is called like its owner."""
    address, secret = place.address("postgres"), place.secret(name)
    return f"postgresql://{name}:{secret}@{address}/{database or name}"


def nats_url(place: Place, process: str | None = None) -> str:
    """The bus, with the user of a process; without one, as the operator."""
    user, name = (process, secret_name(process)) if process else (OPERATOR, "nats")
    return f"nats://{user}:{place.secret(name)}@{place.address('nats')}"

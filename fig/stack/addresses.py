"""The engines as the stack's processes reach them: URLs with a role's name and password."""

from fig.stack import nats
from fig.stack.places import Place


def database_url(place: Place, name: str, database: str | None = None) -> str:
    """A role's URL; the database is called like its owner."""
    address, secret = place.address("postgres"), place.secret(name)
    return f"postgresql://{name}:{secret}@{address}/{database or name}"


def nats_url(place: Place) -> str:
    """The bus, with its user."""
    return f"nats://{nats.USER}:{place.secret('nats')}@{place.address('nats')}"

"""How commands reach the databases and the bus of the running stack."""

from collections.abc import Mapping
from pathlib import Path

from fig.clients import running
from fig.settings import Home
from fig.stack import credentials, ended
from fig.stack.addresses import database_url, nats_url
from fig.stack.places import Local
from fig.supervise.state import StackState

# Services whose databases hold read models of legacy's rows.
READ_MODELS = ("catalog", "orders", "inventory", "sales", "accounts")
# Further ones whose databases the laws across services read.
LEDGERS = ("payments",)


def place(home: Home, found: StackState) -> Local:
    """The running stack's folder, route file, ports and secrets."""
    secrets = credentials.load(home.secrets)
    return Local(home.folder, Path(found.routes), found.ports, secrets)


def bus(home: Home) -> str:
    """The bus of the running stack, as the operator. Raises FigError when nothing runs."""
    return nats_url(place(home, running.require(home)))


def read_models(found: StackState) -> list[str]:
    """Those of READ_MODELS that the running stack has."""
    return [name for name in READ_MODELS if found.process(name) is not None]


def verification(home: Home, found: StackState) -> Mapping[str, str]:
    """The environment of the verification: VERIFY_… variables."""
    here = place(home, found)
    variables = {"VERIFY_JOURNAL": str(home.folder / "repairs")}
    if ended.read(home) is None:
        # The feed's role reads every fed table.
        variables["VERIFY_LEGACY_URL"] = database_url(here, "feed", "legacy")
    ledgers = [name for name in LEDGERS if found.process(name) is not None]
    for name in (*read_models(found), *ledgers):
        variables[f"VERIFY_{name.upper()}_URL"] = database_url(here, name)
    return variables


def rebuilding(home: Home, found: StackState, service: str) -> Mapping[str, str]:
    """The environment of the process that rebuilds a service's read model."""
    here = place(home, found)
    return {
        f"{service.upper()}_DATABASE_URL": database_url(here, service),
        f"{service.upper()}_NATS_URL": nats_url(here),
    }

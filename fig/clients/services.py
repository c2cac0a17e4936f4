"""Asking a service of the running stack on its own port."""

from typing import Any

from chassis.cli.calls import NoAnswer, Refusal, call_json
from fig.clients import running
from fig.errors import BadSetting, FigError
from fig.settings import Home
from fig.stack.ports import HOST

SECONDS = 10.0
# Services that have sagas, and how the ids of each begin; the ids of orders' are of any kind.
WITH_SAGAS = {"catalog": "save-article:", "inventory": "count-stock:", "orders": ""}
NOT_FOUND = 404


class ServiceAway(FigError):
    """The service does not answer."""


class ServiceRefused(FigError):
    """The service refused; the message is its own."""


def address(home: Home, name: str, given: str | None) -> str:
    """Base URL of a service: the given one, or that of the running stack. Raises FigError."""
    return (given or f"http://{HOST}:{running.require(home).ports[name]}").rstrip("/")


def of_saga(saga_id: str) -> str:
    """The service whose saga this is."""
    return next(name for name, begin in WITH_SAGAS.items() if saga_id.startswith(begin))


def ask(
    method: str, base: str, path: str, query: dict[str, str] | None = None, body: Any = None
) -> Any:
    """The JSON of the answer. Raises ServiceAway, ServiceRefused; BadSetting for a 404."""
    try:
        return call_json(base + path, query, method=method, body=body, seconds=SECONDS)
    except Refusal as error:
        said = error.words("detail")
        raise (BadSetting if error.status == NOT_FOUND else ServiceRefused)(said) from error
    except NoAnswer as error:
        raise ServiceAway(
            f"no service answers at {base} ({error.why}); `fig status` shows what runs"
        ) from error

"""The ASGI application around a service's own: each request in its trace, a span for the sampled.

Names and attributes are OpenTelemetry's stable conventions for HTTP.
"""

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, Final, TypeAlias

from chassis.process.service import Application
from chassis.tracing.context import failed, read, within
from chassis.tracing.span import Value

DIRECT: Final = "fig.route"  # of a call that chassis.web.internal takes

Message: TypeAlias = MutableMapping[str, Any]
Send: TypeAlias = Callable[[Message], Awaitable[None]]


def traced(behind: Application) -> Application:
    """The application, with a span for each of its requests that is sampled."""

    async def application(scope: Any, receive: Any, send: Send) -> None:
        parent = _parent(scope) if scope["type"] == "http" else None
        if parent is None:
            await behind(scope, receive, send)
            return
        method = scope["method"]
        attributes: dict[str, Value] = {
            "http.request.method": method,
            "url.path": scope["path"],
            "url.scheme": scope.get("scheme", "http"),
        }

        async def send_noting(message: Message) -> None:
            if message["type"] == "http.response.start":
                status = message["status"]
                attributes["http.response.status_code"] = status
                if status >= 500:
                    failed(str(status))
            await send(message)

        with within(method, "server", attributes, parent) as opened:
            await behind(scope, receive, send_noting if parent.sampled else send)
            route = scope.get(DIRECT) or getattr(scope.get("route"), "path", None)
            if opened is not None and opened.span is not None and route:
                attributes["http.route"] = route
                opened.span["name"] = f"{method} {route}"

    return application


def _parent(scope: Any) -> Any:
    for name, value in scope["headers"]:
        if name == b"traceparent":
            return read(value.decode("latin-1"))
    return None

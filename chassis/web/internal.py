"""The short way in, for calls between our own services: a look-up, bytes in, bytes out.

An order is some such calls in each service, and reading their arguments the way of a public API
(FastAPI: routes, dependencies, layers of error handling) cost more than answering them. Whatever is
not in the table goes on to the application behind; of that, too, what is under `/internal/` is for
our own services alone.

    POST /payments/17/capture  ──▶  ("POST", "payments", "capture")  ──▶  handle("17", body)
"""

import logging
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from typing import Any, TypeAlias

import orjson
from pydantic import ValidationError

from chassis.database import DatabaseAway
from chassis.process.service import Application
from chassis.tracing.server import DIRECT
from chassis.web.app import Problem, database_away, problem_document
from chassis.web.callers import Callers, NotAService

log = logging.getLogger("lane")

LARGEST_BODY = 64 * 1024
PRIVATE = "/internal/"  # paths of the application behind that only our own services may ask for

Reply: TypeAlias = tuple[int, object]  # the status, and what is to be JSON
# Takes the name in the path, and the body; raises ValidationError where that is not as it must be.
Handle: TypeAlias = Callable[[str, bytes], Awaitable[Reply]]
# (method, first part of the path, the part after the name or "")
Calls: TypeAlias = Mapping[tuple[str, str, str], Handle]
Receive: TypeAlias = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send: TypeAlias = Callable[[MutableMapping[str, Any]], Awaitable[None]]

_JSON, _PROBLEM = "application/json", "application/problem+json"
_Written: TypeAlias = tuple[int, object, Mapping[str, str]]  # status, what is to be JSON, headers


class DirectCalls:
    """An ASGI application in front of another one."""

    def __init__(self, calls: Calls, behind: Application, callers: Callers | None = None) -> None:
        self._calls = calls
        self._behind = behind
        self._callers = callers  # the services that may call; None: any client of the port

    async def __call__(self, scope: Any, receive: Receive, send: Send) -> None:
        """One request."""
        name, handle = self._find(scope) if scope["type"] == "http" else ("", None)
        if handle is not None:
            scope[DIRECT] = scope["path"].replace(f"/{name}", "/{name}", 1)
        if handle is None:
            await self._pass_on(scope, receive, send)
            return
        body = await _read(receive)
        if body is None:
            return
        stranger = self._stranger(scope)
        await _send(send, *(stranger or await _answered(handle, name, body)))

    async def _pass_on(self, scope: Any, receive: Receive, send: Send) -> None:
        """To the application behind; its private paths only for our own services."""
        stranger = self._stranger(scope) if _is_private(scope) else None
        if stranger is None:
            await self._behind(scope, receive, send)
        else:
            await _send(send, *stranger)

    def _stranger(self, scope: Any) -> _Written | None:
        """The answer to a caller that may not call; None where it may."""
        if self._callers is None:
            return None
        given = dict(scope["headers"]).get(b"authorization", b"").decode("latin-1")
        try:
            self._callers.check(given)
        except NotAService as error:
            return _problem(Problem(401, "Unauthorized", f"not one of our services: {error}"))
        return None

    def _find(self, scope: Any) -> tuple[str, Handle | None]:
        match scope["path"].split("/"):
            case ["", first, name] if name:
                return name, self._calls.get((scope["method"], first, ""))
            case ["", first, name, last] if name and last:
                return name, self._calls.get((scope["method"], first, last))
        return "", None


def _is_private(scope: Any) -> bool:
    return scope["type"] == "http" and str(scope["path"]).startswith(PRIVATE)


async def _read(receive: Receive) -> bytes | None:
    """The whole body, one byte more than the largest at most; None when the client hung up."""
    chunks, size, more = [], 0, True
    while more and size <= LARGEST_BODY:
        message = await receive()
        if message["type"] == "http.disconnect":
            return None
        chunk = message.get("body", b"")
        chunks.append(chunk)
        size += len(chunk)
        more = message.get("more_body", False)
    return b"".join(chunks)


async def _answered(handle: Handle, name: str, body: bytes) -> _Written:
    """The answer; every error is rendered as by FastAPI's handlers."""
    if len(body) > LARGEST_BODY:
        return _problem(Problem(413, "Content Too Large", f"at most {LARGEST_BODY} bytes"))
    try:
        return *await handle(name, body), {"content-type": _JSON}
    except ValidationError as error:
        fault = error.errors(include_url=False, include_context=False, include_input=False)[0]
        where = ".".join(str(part) for part in fault["loc"])
        return _problem(Problem(422, "Unprocessable Content", f"{where}: {fault['msg']}"))
    except Problem as problem:
        return _problem(problem)
    except (*DatabaseAway, TimeoutError) as error:
        return _problem(database_away(error))
    except Exception:
        log.exception("%s", handle.__qualname__)
        return _problem(Problem(500, "Internal Server Error", "see the service's log"))


def _problem(problem: Problem) -> _Written:
    headers = {**(problem.headers or {}), "content-type": _PROBLEM}
    return problem.status, problem_document(problem), headers


async def _send(send: Send, status: int, document: object, fields: Mapping[str, str]) -> None:
    body = orjson.dumps(document)
    headers = [(name.lower().encode(), value.encode()) for name, value in fields.items()]
    headers.append((b"content-length", b"%d" % len(body)))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})

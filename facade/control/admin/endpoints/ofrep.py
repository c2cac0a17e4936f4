"""The routes as flags, by the OpenFeature Remote Evaluation Protocol (OFREP): read only.

    POST /ofrep/v1/evaluate/flags/{key}   one flag
    POST /ofrep/v1/evaluate/flags         all of them, with an ETag

The token of the admin port is asked for as everywhere: `Authorization: Bearer TOKEN`.
"""

from collections.abc import Callable, Mapping
from hashlib import sha256
from typing import Any, Final

import orjson
from fastapi import APIRouter, Request, Response

from facade.routes.flags import Context, ErrorCode, Flag, NoFlag, evaluate, read_context
from facade.routes.table import RouteTable

LARGEST: Final = 64 * 1024  # bytes of a request
_STATUS: Final[Mapping[ErrorCode, int]] = {"FLAG_NOT_FOUND": 404}  # of the others 400


def ofrep_router(table: Callable[[], RouteTable | None]) -> APIRouter:
    """The endpoints; `table` gives the one in force."""
    router = APIRouter(prefix="/ofrep/v1/evaluate", tags=["flags"])

    @router.post("/flags/{key}")
    async def flag(key: str, request: Request) -> Response:
        """Which side answers the requests of one route, in this context."""
        now = table()
        if now is None:
            return _no_table()
        try:
            return _json(_success(evaluate(now, key, await _context(request))))
        except NoFlag as error:
            return _json(_failure(error, key), _STATUS.get(error.code, 400))

    @router.post("/flags")
    async def flags(request: Request) -> Response:
        """The same for every route; 304 where nothing has changed for this context."""
        now = table()
        if now is None:
            return _no_table()
        try:
            context = await _context(request)
        except NoFlag as error:
            return _json(_failure(error), 400)
        names = [route.name for route in now.routes if not route.compose]
        body = orjson.dumps({"flags": [_any(now, name, context) for name in names]})
        tag = f'"{sha256(body).hexdigest()[:32]}"'
        headers = {"ETag": tag, "Cache-Control": "no-cache"}
        if _knows(request.headers.get("if-none-match", ""), tag):
            return Response(status_code=304, headers=headers)
        return Response(body, headers=headers, media_type="application/json")

    return router


async def _context(request: Request) -> Context:
    """The context of a request. Raises NoFlag."""
    body = b""
    async for piece in request.stream():
        body += piece
        if len(body) > LARGEST:
            raise NoFlag("PARSE_ERROR", f"the request is larger than {LARGEST} bytes")
    try:
        found = orjson.loads(body) if body.strip() else {}
    except ValueError as error:
        raise NoFlag("PARSE_ERROR", f"the request is no JSON: {error}") from error
    context = found.get("context") if isinstance(found, dict) else found
    if context is None:
        context = {}
    if not isinstance(context, dict):
        raise NoFlag("INVALID_CONTEXT", "the context is no object")
    return read_context(context)


def _any(table: RouteTable, name: str, context: Context) -> dict[str, Any]:
    try:
        return _success(evaluate(table, name, context))
    except NoFlag as error:
        return _failure(error, name)


def _success(flag: Flag) -> dict[str, Any]:
    metadata: dict[str, Any] = {"stage": flag.stage, "version": flag.version}
    if flag.bucket is not None:
        metadata["bucket"] = flag.bucket
    return {
        "key": flag.key,
        "value": flag.value,
        "variant": flag.variant,
        "reason": flag.reason,
        "metadata": metadata,
    }


def _failure(error: NoFlag, key: str | None = None) -> dict[str, Any]:
    named = {} if key is None else {"key": key}
    return {**named, "errorCode": error.code, "errorDetails": str(error)}


def _knows(header: str, tag: str) -> bool:
    """Whether If-None-Match names the tag; weak tags are compared like strong ones (RFC 9110)."""
    known = [one.strip().removeprefix("W/") for one in header.split(",")]
    return tag in known or known == ["*"]


def _no_table() -> Response:
    return _json({"errorDetails": "no table is published yet"}, 503)


def _json(content: dict[str, Any], status: int = 200) -> Response:
    return Response(orjson.dumps(content), status, media_type="application/json")

"""Forms that were posted: their fields, and whether a form was ours."""

from collections.abc import Mapping
from hmac import compare_digest
from typing import Any

from fastapi import Request
from starlette.exceptions import HTTPException

from chassis.web.app import Problem
from new_services.storefront.parts.accounts import COOKIE, Session
from new_services.storefront.request import first_parameters
from new_services.storefront.visit import Visit

URLENCODED, MULTIPART = "application/x-www-form-urlencoded", "multipart/form-data"
LARGEST_BODY = 1 << 20  # bytes
MOST = 1000  # parts of a form
EXPIRED = "This form has expired. Go back, reload the page and send it again."
TOO_LARGE = "The data value transmitted exceeds the capacity limit."
BY_SESSION = {"Vary": "Cookie"}


async def checked_form(visit: Visit, session: Session | None = None) -> Mapping[str, str]:
    """Its fields; of a repeated one the first. `session`: where it was asked for before.

    Raises Problem where the form is not one of ours or too large, and Away where accounts, which
    knows the token, is away.
    """
    form = await _fields(visit)
    if session is None:
        session = await visit.parts.accounts.open(visit, visit.cookies.get(COOKIE), token=False)
    given = form.get("csrf", "")
    if not session.csrf or not compare_digest(given.encode(), session.csrf.encode()):
        raise Problem(400, "Bad Request", EXPIRED, BY_SESSION)
    return form


async def _fields(visit: Visit) -> Mapping[str, str]:
    """Of either kind of form that browsers send; of anything else, none."""
    kind = visit.request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind not in (URLENCODED, MULTIPART):
        return {}
    body = await _body(visit)
    if kind == MULTIPART:
        return await _parts(visit, body)
    try:
        body.decode()
    except UnicodeDecodeError:
        return {}
    return first_parameters(body)


async def _body(visit: Visit) -> bytes:
    body = bytearray()
    async for chunk in visit.request.stream():
        body += chunk
        if len(body) > LARGEST_BODY:
            raise Problem(413, "Content Too Large", TOO_LARGE, BY_SESSION)
    return bytes(body)


async def _parts(visit: Visit, body: bytes) -> Mapping[str, str]:
    """What comes with `enctype="multipart/form-data"`; files are not looked at."""

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body}

    try:
        form = await Request(visit.request.scope, receive).form(max_files=MOST, max_fields=MOST)
    except HTTPException:
        return {}
    found: dict[str, str] = {}
    for name, value in form.multi_items():
        if isinstance(value, str):
            found.setdefault(name, value)
    return found

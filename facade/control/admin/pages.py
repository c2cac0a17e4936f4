"""The dashboard: one page, its style and its scripts, served from this package."""

from functools import cache
from pathlib import Path
from typing import Literal

from fastapi import APIRouter, Response

router = APIRouter(include_in_schema=False)

_FOLDER = Path(__file__).parent / "web"
_HEADERS = {
    "Content-Security-Policy": "default-src 'self'; img-src 'self' data:; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-cache",
}
# A page that loads nothing, not even from here: its style is in it.
SELF_CONTAINED = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'",
    "X-Content-Type-Options": "nosniff",
}


@cache
def _file(name: str) -> bytes:
    return (_FOLDER / name).read_bytes()


@router.get("/")
async def dashboard() -> Response:
    """The page."""
    return Response(_file("dashboard.html"), media_type="text/html", headers=_HEADERS)


@router.get("/dashboard.css")
async def style() -> Response:
    """Its style."""
    return Response(_file("dashboard.css"), media_type="text/css", headers=_HEADERS)


@router.get("/{name}.js")
async def script(name: Literal["dashboard", "evidence", "making"]) -> Response:
    """Its script, in parts: asks /api/status every second, and draws."""
    return Response(_file(f"{name}.js"), media_type="text/javascript", headers=_HEADERS)

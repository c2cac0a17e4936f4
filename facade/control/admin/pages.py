"""The dashboard: one page, its style and its scripts, served from this package."""

from functools import cache
from html import escape
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


# What the dashboard is made of; none of it holds data.
FILES = frozenset(
    {
        *("/composed.js", "/dashboard.css", "/dashboard.js", "/domains.js", "/evidence.js"),
        *("/limits.js", "/machines.js", "/making.js", "/moves.js", "/trouble.js"),
    }
)
_LOGIN_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'"
)
_LOGIN = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Strangler Fig: token</title>
<meta name="viewport" content="width=device-width">
<style>body{font:16px/1.5 system-ui,sans-serif;max-width:30rem;margin:12vh auto;padding:0 1rem}
input{font:inherit;width:100%;box-sizing:border-box;padding:.4rem}button{font:inherit;margin-top:.8rem}
p.no{color:#b00020}</style></head>
<body><h1>Strangler Fig</h1>__PROBLEM__
<form method="post" action="/login"><label>The token of this facade
<input name="token" type="password" autocomplete="current-password" autofocus required></label>
<button>Open the dashboard</button></form>
<p>The facade printed it at its first start; <code>fig token</code> prints it again.</p>
</body></html>
"""


def login_page(problem: str, status: int = 200) -> Response:
    """The page that asks for the token; `problem` is shown above the form."""
    shown = f'<p class="no">{escape(problem)}</p>' if problem else ""
    content = _LOGIN.replace("__PROBLEM__", shown)
    headers = _HEADERS | {"Content-Security-Policy": _LOGIN_POLICY}
    return Response(content, status, headers, media_type="text/html")


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
async def script(
    name: Literal[
        "composed",
        "dashboard",
        "domains",
        "evidence",
        "limits",
        "machines",
        "making",
        "moves",
        "trouble",
    ],
) -> Response:
    """Its script, in parts: asks /api/status every second, and draws."""
    return Response(_file(f"{name}.js"), media_type="text/javascript", headers=_HEADERS)

"""What the fork server imports: the libraries that at least two of the stack's processes use, and
the parts of them that are imported late.
"""

import contextlib
import importlib
import sys
from pathlib import Path

LIBRARIES = (
    # services
    "fastapi.responses",
    "fastapi.routing",
    "uvicorn.lifespan.on",
    "uvicorn.loops.uvloop",
    "uvicorn.protocols.http.httptools_impl",
    "uvloop",
    "asyncpg",
    "nats.js.kv",
    "joserfc.jwe",
    "joserfc.jwt",
    "orjson",
    "prometheus_client.core",
    "pydantic_settings",
    "importlib.metadata",
    "email.policy",
    # the monolith, and migrations
    "psycopg",
    "click",
    "sqlalchemy.orm",
    "sqlalchemy.dialects.postgresql.psycopg",
    "flask.json.provider",
    "gunicorn.app.wsgiapp",
    "gunicorn.workers.gthread",
    "werkzeug.security",
)


def preload() -> None:
    """Import them. One that is missing is left to the process that needs it, which will say so."""
    for name in LIBRARIES:
        with contextlib.suppress(ImportError):
            importlib.import_module(name)


def installed() -> tuple[tuple[str, int], ...]:
    """Changes when a library is installed, replaced or removed: the folders on the import path by
    the time of their last change (ns)."""
    found = []
    for folder in sys.path:
        if folder.endswith(("site-packages", "dist-packages")):
            with contextlib.suppress(OSError):
                found.append((folder, Path(folder).stat().st_mtime_ns))
    return tuple(found)

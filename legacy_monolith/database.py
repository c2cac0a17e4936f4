"""One engine per worker process, one session per request."""

from flask import Flask, current_app, g
from sqlalchemy import Engine, create_engine
from sqlalchemy.orm import Session

EXTENSION = "legacy_engine"


def install(app: Flask, url: str, threads: int) -> None:
    """Give the app an engine with a connection per thread; nothing connects before it is used."""
    # Pinging costs 0.1 ms per request, and keeps a restarted server from failing the next one.
    app.extensions[EXTENSION] = create_engine(
        url, pool_size=threads, max_overflow=2, pool_pre_ping=True
    )
    app.teardown_appcontext(_close)


def engine() -> Engine:
    """The engine of the current app."""
    found: Engine = current_app.extensions[EXTENSION]
    return found


def db() -> Session:
    """The session of this request; what is not committed is rolled back at its end."""
    if "db" not in g:
        g.db = Session(engine())
    session: Session = g.db
    return session


def _close(_error: BaseException | None) -> None:
    session: Session | None = g.pop("db", None)
    if session is not None:
        session.close()

"""One place where failures become answers: JSON under /api, a page everywhere else."""

import logging

from flask import Flask, jsonify, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import DataError, InterfaceError, OperationalError
from werkzeug.exceptions import HTTPException

from legacy_monolith.database import db

log = logging.getLogger("legacy_monolith")

TITLES = {
    400: "That did not work",
    403: "Staff only",
    404: "Nothing here",
    405: "Not like this",
    500: "Our fault",
    503: "Back in a moment",
}


def install(app: Flask) -> None:
    """Register the handlers; anything not named here is a 500."""
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(DataError, _bad_data)
    app.register_error_handler(OperationalError, _database_away)
    app.register_error_handler(InterfaceError, _database_away)
    app.register_error_handler(Exception, _broken)


def answer(status: int, message: str) -> ResponseReturnValue:
    """The failure in the form the client understands."""
    if request.path.startswith("/api/"):
        return jsonify(error=message), status
    title = TITLES.get(status, "That did not work")
    page = render_template("error.html", status=status, title=title, message=message)
    return page, status


def _http(error: HTTPException) -> ResponseReturnValue:
    status = error.code or 500
    if request.path.startswith("/api/"):
        message = error.name.lower()
    else:
        message = error.description or error.name
    made = answer(status, message)
    allow = dict(error.get_headers()).get("Allow")
    return (*made, {"Allow": allow}) if allow and isinstance(made, tuple) else made


def _bad_data(error: DataError) -> ResponseReturnValue:
    """PostgreSQL cannot hold the value at all, for example a NUL in a text."""
    log.info("bad data: %s", error.orig)
    _forget()
    return answer(400, "bad input")


def _database_away(error: OperationalError | InterfaceError) -> ResponseReturnValue:
    log.error("database: %s", str(error.orig).strip().splitlines()[:1])
    _forget()
    return answer(503, "The shop cannot reach its database. Please try again in a moment.")


def _broken(error: Exception) -> ResponseReturnValue:
    log.error("%s %s", request.method, request.path, exc_info=error)
    _forget()
    return answer(500, "Something went wrong on our side.")


def _forget() -> None:
    """Leave the failed transaction, so that the error page can read the logged-in customer."""
    try:
        db().rollback()
    except (OperationalError, InterfaceError):
        log.info("the connection was gone already")

"""For programs rather than people: health, robots, icon, product pictures."""

from flask import Blueprint, Response, abort, jsonify, redirect, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import text

from legacy_monolith import pictures
from legacy_monolith.database import db

blueprint = Blueprint("machines", __name__)

ROBOTS = "User-agent: *\nDisallow: /admin/\nDisallow: /cart\nDisallow: /checkout\n"


@blueprint.get("/healthz")
def healthz() -> ResponseReturnValue:
    """Alive, and the database answers; otherwise the 503 of the error handler."""
    db().execute(text("SELECT 1"))
    return jsonify(status="ok")


@blueprint.get("/robots.txt")
def robots() -> Response:
    return Response(ROBOTS, mimetype="text/plain")


@blueprint.get("/favicon.ico")
def favicon() -> ResponseReturnValue:
    return redirect(url_for("static", filename="favicon.svg"))


@blueprint.get("/img/<kind>-<colour>.svg")
def picture(kind: str, colour: str) -> Response:
    drawing = pictures.draw(kind, colour)
    if drawing is None:
        abort(404, "There is no such picture.")
    headers = {"Cache-Control": "public, max-age=86400"}
    return Response(drawing, mimetype="image/svg+xml", headers=headers)

"""Login, logout and 'me' for the mobile app."""

from flask import Blueprint, jsonify, request
from flask.typing import ResponseReturnValue

from legacy_monolith import access
from legacy_monolith.clock import stamp

blueprint = Blueprint("api_account", __name__)


@blueprint.post("/login")
def login() -> ResponseReturnValue:
    """A wrong password is a 200 as well; the app looks at `ok`."""
    body = request.get_json(silent=True)
    email = body.get("email") if isinstance(body, dict) else None
    password = body.get("password") if isinstance(body, dict) else None
    if not isinstance(email, str) or not isinstance(password, str):
        return jsonify(error="email and password are needed, as JSON"), 400
    found = access.check_login(email, password)
    if found is None:
        return jsonify(ok="N", error="wrong email or password")
    access.log_in(found)
    return jsonify(ok="Y", name=found.name, email=found.email, is_admin=found.is_admin)


@blueprint.post("/logout")
def logout() -> ResponseReturnValue:
    access.log_out()
    return jsonify(ok="Y")


@blueprint.get("/me")
def me() -> ResponseReturnValue:
    found = access.customer()
    if found is None:
        return jsonify(error="not logged in"), 401
    return jsonify(
        {
            "email": found.email,
            "name": found.name,
            "is_admin": found.is_admin,
            "street": found.street,
            "zip": found.zip,
            "city": found.city,
            "country": found.country,
            "created": stamp(found.created),
        }
    )

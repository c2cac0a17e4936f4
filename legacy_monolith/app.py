"""The composition root: settings in, a Flask app out. Nothing is built at import."""

from typing import Any

from flask import Flask, Response
from flask.json.provider import DefaultJSONProvider

from legacy_monolith import access, api, clock, database, errors, views
from legacy_monolith.settings import Settings

LARGEST_BODY = 1 << 20


class PlainJson(DefaultJSONProvider):
    """Keys in the order we wrote them, umlauts as they are, and not a byte more."""

    sort_keys = False
    ensure_ascii = False
    compact = True

    def response(self, *args: Any, **kwargs: Any) -> Response:
        body = self.dumps(self._prepare_response_obj(args, kwargs), separators=(",", ":"))
        return Response(body, mimetype="application/json")


def create_app(settings: Settings, timepiece: clock.Clock | None = None) -> Flask:
    """An app of its own: engine, clock, pages and API."""
    app = Flask(__name__)
    app.json = PlainJson(app)
    app.config.update(
        SECRET_KEY=settings.secret_key,
        SESSION_COOKIE_NAME="session",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_PATH="/",
        SESSION_REFRESH_EACH_REQUEST=False,
        MAX_CONTENT_LENGTH=LARGEST_BODY,
    )
    # No redirect is ever made by the router: those would carry our own idea of host and port.
    app.url_map.strict_slashes = False
    app.url_map.merge_slashes = False
    clock.install(app, timepiece or clock.Clock(settings.timezone))
    database.install(app, settings.sqlalchemy_url, settings.threads)
    errors.install(app)
    views.install(app)
    api.install(app)
    app.jinja_env.globals.update(csrf_token=access.csrf_token, customer=access.customer)
    return app

"""For gunicorn: `gunicorn -c python:legacy_monolith.gunicorn_conf legacy_monolith.wsgi:app`."""

from legacy_monolith.app import create_app
from legacy_monolith.settings import load

app = create_app(load())

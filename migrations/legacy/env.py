"""Alembic's entry for the database of the monolith."""

from migrations.environment import run

run()

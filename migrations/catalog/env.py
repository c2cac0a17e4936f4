"""Alembic's entry for the database of the catalog service."""

from migrations.environment import run

run()

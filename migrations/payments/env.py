"""Alembic's entry for the database of the payments service."""

from migrations.environment import run

run()

"""Alembic's entry for the database of the accounts service."""

from migrations.environment import run

run()

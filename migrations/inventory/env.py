"""Alembic's entry for the database of the inventory service."""

from migrations.environment import run

run()

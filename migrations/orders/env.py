"""Alembic's entry for the database of the orders service."""

from migrations.environment import run

run()

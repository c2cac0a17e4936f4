"""Alembic's entry for the database of the notifications service."""

from migrations.environment import run

run()

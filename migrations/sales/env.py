"""Alembic's entry for the database of the sales figures."""

from migrations.environment import run

run()

"""What every database's `env.py` does: run the versions inside the connection it was given."""

from alembic import context
from sqlalchemy import Connection


def run() -> None:
    """Called by Alembic through `migrations/<database>/env.py`."""
    connection: Connection = context.config.attributes["connection"]
    context.configure(connection=connection, target_metadata=None)
    with context.begin_transaction():
        context.run_migrations()

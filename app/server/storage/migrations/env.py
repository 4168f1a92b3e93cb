"""Alembic's door: it is always handed an open connection (see `growing.py`)."""

from alembic import context

from app.server.storage.tables import metadata

context.configure(
    connection=context.config.attributes["connection"], target_metadata=metadata, transactional_ddl=False
)
context.run_migrations()

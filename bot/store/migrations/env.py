"""Runs inside Alembic, on the connection (and in the transaction) that ``bot.store.migrate`` opened."""

from alembic import context

from bot.store.tables import Table

context.configure(connection=context.config.attributes["connection"], target_metadata=Table.metadata)
with context.begin_transaction():
    context.run_migrations()

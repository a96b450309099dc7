"""The environment of alembic; the caller supplies the connection."""

from alembic import context

# Only alembic sets a configuration: an import for doctests runs no migration.
if hasattr(context, "config"):
    context.configure(connection=context.config.attributes["connection"], transactional_ddl=True)
    with context.begin_transaction():
        context.run_migrations()

"""What alembic runs; the connection is the caller's."""

from alembic import context

# Nothing but alembic gives a configuration: whoever else imports this, for doctests, runs nothing.
if hasattr(context, "config"):
    context.configure(connection=context.config.attributes["connection"], transactional_ddl=True)
    with context.begin_transaction():
        context.run_migrations()

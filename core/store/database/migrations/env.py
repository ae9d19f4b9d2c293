"""Alembic runs this file with the connection that `evenbeat.core.store.database.migrate` gives."""

from alembic import context

from evenbeat.core.store.database.revision import VERSION_TABLE

# The name under which Alembic loads it; an ordinary import does nothing.
if __name__ == "env_py":
    context.configure(
        connection=context.config.attributes["connection"], version_table=VERSION_TABLE
    )
    context.run_migrations()

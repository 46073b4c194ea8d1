"""How alembic runs our migrations: on the connection that the case file hands over."""

from alembic import context

from casefile.all_tables import metadata

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=metadata, transactional_ddl=False)
context.run_migrations()

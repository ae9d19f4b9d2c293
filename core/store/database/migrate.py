"""Bringing the schema up to date with Alembic."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from alembic import command
from alembic.config import Config

from evenbeat.core.store.database import geopackage
from evenbeat.core.store.database.revision import is_current, stored_revision

if TYPE_CHECKING:
    import sqlalchemy as sa

_SCRIPTS = Path(__file__).parent / "migrations"


def migrate(connection: sa.Connection) -> None:
    """Run what is missing, within a write transaction.

    The transaction is the lock: whoever comes second waits for it and finds the work done.

    Raises
    ------
    StoreError
        The file holds something else, or PostGIS cannot be added.
    """
    if is_current(connection):
        return
    if connection.dialect.name != "postgresql" and stored_revision(connection) is None:
        geopackage.check_is_ours(connection)
    config = configuration()
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def configuration() -> Config:
    """Return Alembic's configuration for the packaged scripts."""
    config = Config()
    config.set_main_option("script_location", str(_SCRIPTS).replace("%", "%%"))
    config.set_main_option("path_separator", "newline")
    return config

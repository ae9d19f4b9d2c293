"""What stands in the schema beside our own: it could hide rows, change them or show other ones."""

from __future__ import annotations

from collections.abc import Collection

import sqlalchemy as sa

from evenbeat.core.store.database import view

_STRANGE_TRIGGERS = sa.text(
    "SELECT t.tgname, c.relname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid "
    "WHERE NOT t.tgisinternal AND c.relnamespace = current_schema()::regnamespace "
    "AND c.relname = ANY(:tables)"
)
_STRANGE_RULES = sa.text(
    "SELECT r.rulename, c.relname FROM pg_rewrite r JOIN pg_class c ON c.oid = r.ev_class "
    "WHERE c.relnamespace = current_schema()::regnamespace AND c.relname = ANY(:tables) "
    "AND NOT (r.rulename = '_RETURN' AND c.relname = :view)"
)
_ROW_SECURITY = sa.text(
    "SELECT relname FROM pg_class WHERE relnamespace = current_schema()::regnamespace "
    "AND relname = ANY(:tables) AND (relrowsecurity OR relforcerowsecurity)"
)


def found(
    connection: sa.Connection, *, tables: Collection[str], triggers: Collection[tuple[str, str]]
) -> list[str]:
    """Return in words what is not ours or not as it was made, sorted.

    Parameters
    ----------
    tables
        Our tables.
    triggers
        Name and table of every trigger of ours.
    """
    named = [*tables, view.NAME]
    wrong = [] if view.is_as_made(connection) else [f"the view {view.NAME} was removed or changed"]
    if connection.dialect.name != "postgresql":
        query = "SELECT name, tbl_name FROM sqlite_master WHERE type = 'trigger'"
        present = connection.exec_driver_sql(query).all()
    else:
        here = {"tables": named}
        present = connection.execute(_STRANGE_TRIGGERS, here).all()
        rules = connection.execute(_STRANGE_RULES, {**here, "view": view.NAME})
        wrong += [f"the rule {name} on {table} is not Evenbeat's" for name, table in rules]
        secured = connection.execute(_ROW_SECURITY, here).scalars()
        wrong += [f"row-level security on {table} hides rows" for table in secured]
    wrong += [
        f"the trigger {name} on {table} is not Evenbeat's"
        for name, table in present
        if table in named and (name, table) not in triggers
    ]
    return sorted(wrong)

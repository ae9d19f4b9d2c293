"""What somebody with every right could do behind the back of Evenbeat."""

import contextlib

import sqlalchemy as sa


def tamper(database, *statements, leave_guards_off=False):
    """Run statements with every guard switched off, and on again afterwards."""
    with database.engine.connect() as connection, connection.begin():
        away = _postgres if database.is_postgis else _sqlite
        with away(connection, leave_guards_off):
            for statement in statements:
                connection.exec_driver_sql(statement)


@contextlib.contextmanager
def _sqlite(connection, leave_off):
    connection.exec_driver_sql("PRAGMA defer_foreign_keys = ON")
    guards = connection.exec_driver_sql(
        "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"
    ).fetchall()
    for name, _ in guards:
        connection.exec_driver_sql(f"DROP TRIGGER {name}")
    yield
    for _, sql in guards if not leave_off else ():
        connection.exec_driver_sql(sql)


@contextlib.contextmanager
def _postgres(connection, leave_off):
    guards = connection.execute(
        sa.text(
            "SELECT t.tgname, t.tgrelid::regclass::text FROM pg_trigger t "
            "JOIN pg_class c ON c.oid = t.tgrelid WHERE NOT t.tgisinternal "
            "AND t.tgenabled = 'A' AND c.relnamespace = current_schema()::regnamespace"
        )
    ).fetchall()
    tables = {table for _, table in guards}
    for table in tables:
        connection.exec_driver_sql(f"ALTER TABLE {table} DISABLE TRIGGER ALL")
    yield
    for table in tables:
        connection.exec_driver_sql(f"ALTER TABLE {table} ENABLE TRIGGER ALL")
    for name, table in guards if not leave_off else ():
        connection.exec_driver_sql(f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {name}")

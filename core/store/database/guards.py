"""Triggers that refuse to change or remove a row, and functions that they need.

Every table takes new rows only. SQLite's REPLACE removes a row without firing a trigger for
deletes, so there a row that would stand in another's place is refused as well. The log takes
nothing but the entry that follows its head, an assignment nothing but its next version. A log
that was moved away takes nothing more; where it went on, it begins with the entry that says so.
"""

from __future__ import annotations

import sqlalchemy as sa

from evenbeat.core.store.database import intruders
from evenbeat.core.store.database.postgis import LOCK

MOVED, ARRIVED = "move", "arrive"

# What a row of each table is known by.
_KEYS: dict[str, tuple[tuple[str, ...], ...]] = {
    "plan": (("fid",), ("plan_id",)),
    "assignment": (("fid",), ("assignment_id",)),
    "review_event": (("fid",), ("event_id",)),
    "candidate": (("fid",), ("plan_id", "shift", '"row"', '"column"')),
    "visit": (("fid",), ("assignment_id", "number")),
    "area": (("fid",), ("area_id",)),
    "area_lift": (("fid",), ("area_id",)),
    "audit_log": (("hash",),),
}
_ONLY_NEXT = {
    "audit_log": "NEW.entry <> (SELECT COALESCE(MAX(entry), 0) + 1 FROM audit_log) "  # noqa: S608
    f"OR (NEW.action = '{ARRIVED}') <> COALESCE((SELECT action = '{MOVED}' FROM audit_log "
    "ORDER BY entry DESC LIMIT 1), FALSE)",
    "review_event": "NEW.version <> (SELECT COALESCE(MAX(version), 0) + 1 FROM review_event "
    "WHERE assignment_id = NEW.assignment_id)",
}
_REFUSES = "is append-only: rows are added, never changed or removed"


def sqlite_triggers() -> dict[str, str]:
    """Return the statement of every trigger of a GeoPackage by its name."""
    triggers = {}
    for table, keys in _KEYS.items():
        refuse = f"BEGIN SELECT RAISE(ABORT, '{table} {_REFUSES}'); END"
        for verb in ("update", "delete"):
            name = f"{table}_no_{verb}"
            triggers[name] = f"CREATE TRIGGER {name} BEFORE {verb.upper()} ON {table} {refuse}"
        taken = " OR ".join(
            f"EXISTS (SELECT 1 FROM {table} WHERE "  # noqa: S608
            + " AND ".join(f"{column} = NEW.{column}" for column in key)
            + ")"
            for key in keys
        )
        wrong = f"{_ONLY_NEXT[table]} OR {taken}" if table in _ONLY_NEXT else taken
        name = f"{table}_only_next"
        triggers[name] = f"CREATE TRIGGER {name} BEFORE INSERT ON {table} WHEN {wrong} {refuse}"
    return triggers


def postgres_functions() -> dict[str, str]:
    """Return the body of every function in PostgreSQL by its name."""
    functions = {
        "evenbeat_refuse": "\nBEGIN RAISE EXCEPTION '% % (% was tried)', TG_TABLE_NAME, "
        f"'{_REFUSES}', TG_OP USING ERRCODE = 'integrity_constraint_violation'; END\n",
        "evenbeat_audit_append": _APPEND,
    }
    for table, wrong in _ONLY_NEXT.items():
        # Whatever the client says: the login is the one that the server let in.
        login = "NEW.login := session_user; " if table == "review_event" else ""
        functions[f"evenbeat_next_{table}"] = (
            f"\nBEGIN IF {wrong} THEN RAISE EXCEPTION '{table} {_REFUSES}' "
            f"USING ERRCODE = 'integrity_constraint_violation'; END IF; {login}RETURN NEW; END\n"
        )
    return functions


# The hash is of the same canonical JSON that Python writes: PostgreSQL escapes the same
# characters in the same way. One statement, so that writers hold the lock for no round trip.
_APPEND = (
    """
DECLARE
    last_entry bigint; new_hash text; last_hash text; last_action text; last_detail text;
BEGIN
    PERFORM pg_advisory_xact_lock(:LOCK);
    SELECT l.entry, l.hash, l.action, l.detail
        INTO last_entry, last_hash, last_action, last_detail
        FROM audit_log l ORDER BY l.entry DESC LIMIT 1;
    IF last_action = ':MOVED' AND new_action <> ':ARRIVED' THEN
        RETURN ARRAY[last_entry::text, last_detail];
    END IF;
    last_entry := COALESCE(last_entry, 0) + 1;
    last_hash := COALESCE(last_hash, repeat('0', 64));
    new_hash := encode(sha256(convert_to('[' || last_entry || ',' || to_json(new_at)
        || ',' || to_json(new_actor) || ',' || to_json(new_action) || ',' || to_json(new_detail)
        || ',' || to_json(last_hash) || ']', 'UTF8')), 'hex');
    INSERT INTO audit_log VALUES
        (last_entry, new_at, new_actor, new_action, new_detail, last_hash, new_hash);
    IF NOT FOUND THEN
        RAISE EXCEPTION 'a trigger or rule that is not ours took the row away';
    END IF;
    RETURN ARRAY[last_entry::text, last_hash, new_hash];
END
""".replace(":LOCK", str(LOCK))
    .replace(":MOVED", MOVED)
    .replace(":ARRIVED", ARRIVED)
)


def postgres_triggers() -> dict[str, tuple[str, str]]:
    """Return the table and the event of every trigger in PostgreSQL by its name."""
    triggers = {}
    for table in _KEYS:
        for verb in ("update", "delete"):
            triggers[f"{table}_no_{verb}"] = (
                table, f"BEFORE {verb.upper()} ON {table} FOR EACH ROW "
                "EXECUTE FUNCTION evenbeat_refuse()",
            )  # fmt: skip
        triggers[f"{table}_no_truncate"] = (
            table, f"BEFORE TRUNCATE ON {table} FOR EACH STATEMENT "
            "EXECUTE FUNCTION evenbeat_refuse()",
        )  # fmt: skip
        if table in _ONLY_NEXT:
            triggers[f"{table}_only_next"] = (
                table, f"BEFORE INSERT ON {table} FOR EACH ROW "
                f"EXECUTE FUNCTION evenbeat_next_{table}()",
            )  # fmt: skip
    return triggers


def install(connection: sa.Connection) -> None:
    """Make every guard; the tables must be there."""
    if connection.dialect.name != "postgresql":
        for statement in sqlite_triggers().values():
            connection.exec_driver_sql(statement)
        return
    for name, body in postgres_functions().items():
        appends = name == "evenbeat_audit_append"
        arguments = "new_at text, new_actor text, new_action text, new_detail text"
        connection.exec_driver_sql(
            f"CREATE OR REPLACE FUNCTION {name}({arguments if appends else ''}) RETURNS "
            f"{'text[]' if appends else 'trigger'} LANGUAGE plpgsql AS $body${body}$body$".replace(
                "%", "%%"
            )
        )
    for name, (table, event) in postgres_triggers().items():
        connection.exec_driver_sql(f"CREATE TRIGGER {name} {event}")
        # ALWAYS holds in a session that plays a replica, where ordinary triggers do not fire.
        connection.exec_driver_sql(f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {name}")


def missing(connection: sa.Connection) -> list[str]:
    """Return in words what someone removed, switched off, rewrote or added.

    The guards come first, then what is not ours: see `intruders`.
    """
    if connection.dialect.name != "postgresql":
        gone = _missing_in_sqlite(connection)
        ends = ("no_update", "no_delete", "only_next")
        ours = {(f"{table}_{end}", table) for table in _KEYS for end in ends}
    else:
        gone = _missing_in_postgres(connection)
        ours = {(name, table) for name, (table, _) in postgres_triggers().items()}
    words = [f"the guard {name} was removed or changed" for name in sorted(gone)]
    strange = intruders.found(connection, tables=_KEYS, triggers=ours)
    return words + strange


def _missing_in_sqlite(connection: sa.Connection) -> list[str]:
    query = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"
    present = {str(name): str(sql) for name, sql in connection.exec_driver_sql(query)}
    return [name for name, sql in sqlite_triggers().items() if present.get(name) != sql]


def _missing_in_postgres(connection: sa.Connection) -> list[str]:
    enabled = sa.text(
        "SELECT t.tgname, c.relname, pg_get_triggerdef(t.oid, true) FROM pg_trigger t "
        "JOIN pg_class c ON c.oid = t.tgrelid "
        "WHERE NOT t.tgisinternal AND t.tgenabled = 'A' "
        "AND c.relnamespace = current_schema()::regnamespace"
    )
    on = {(row[0], row[1]): row[2] for row in connection.execute(enabled)}
    bodies = sa.text(
        "SELECT proname, prosrc FROM pg_proc WHERE pronamespace = current_schema()::regnamespace"
    )
    sources: dict[str, set[str]] = {}
    # One of the same name with other arguments could be called in its place.
    for name, source in connection.execute(bodies):
        sources.setdefault(name, set()).add(source)
    gone = [
        name
        for name, (table, event) in postgres_triggers().items()
        if on.get((name, table)) != f"CREATE TRIGGER {name} {event}"
    ]
    functions = postgres_functions().items()
    return gone + [name for name, body in functions if sources.get(name) != {body}]

"""What somebody puts beside our guards is named, and a row that vanishes is no success."""

from dataclasses import replace

import pytest
from sqlalchemy.exc import DBAPIError
from store.store_rows import NOON, make_event, make_plan, store_event, store_plan

from evenbeat.core.errors import AuditError, StoreError
from evenbeat.core.store.database import AuditLog, append_event, logged_records
from evenbeat.core.store.database.accounts import Accounts
from evenbeat.core.store.database.guards import missing
from evenbeat.core.store.database.plans import insert
from evenbeat.core.store.database.view import create_view

_NOTHING = "CREATE FUNCTION nothing() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'"
_VIEW = "CREATE VIEW assignment_now AS SELECT * FROM assignment"


def swallow(table, database):
    """Return what makes every new row of a table vanish without an error."""
    if database.is_postgis:
        event = f"BEFORE INSERT ON {table} FOR EACH ROW EXECUTE FUNCTION nothing()"
        return [_NOTHING, f"CREATE TRIGGER a_quiet {event}"]
    return [f"CREATE TRIGGER a_quiet BEFORE INSERT ON {table} BEGIN SELECT RAISE(IGNORE); END"]


def run(database, statements):
    with database.engine.begin() as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)


def faults(database):
    with database.reading() as connection:
        return missing(connection)


@pytest.mark.parametrize("table", ["audit_log", "review_event", "visit"])
def test_missing__a_trigger_that_is_not_ours(database, table):
    run(database, swallow(table, database))
    assert faults(database) == [f"the trigger a_quiet on {table} is not Evenbeat's"]
    assert "the trigger a_quiet on" in str(AuditLog(database).verify().fault)


def test_missing__a_trigger_of_our_name_on_another_table(database):
    if database.is_postgis:
        event = "BEFORE INSERT ON area FOR EACH ROW EXECUTE FUNCTION nothing()"
        run(database, [_NOTHING, f"CREATE TRIGGER area_lift_no_update {event}"])
        assert faults(database) == ["the trigger area_lift_no_update on area is not Evenbeat's"]
    else:
        event = "BEFORE INSERT ON area BEGIN SELECT RAISE(IGNORE); END"
        run(database, ["DROP TRIGGER area_lift_no_update",
                       f"CREATE TRIGGER area_lift_no_update {event}"])  # fmt: skip
        assert faults(database) == [
            "the guard area_lift_no_update was removed or changed",
            "the trigger area_lift_no_update on area is not Evenbeat's",
        ]


@pytest.mark.parametrize(
    "statements",
    [
        ["DROP VIEW assignment_now"],
        ["DROP VIEW assignment_now", _VIEW],
        ["DROP VIEW assignment_now", "CREATE TABLE assignment_now AS SELECT * FROM assignment"],
    ],
)
def test_missing__another_view_in_place_of_ours(database, statements):
    run(database, statements)
    assert "the view assignment_now was removed or changed" in faults(database)


def test_missing__a_view_changed_in_one_word(database):
    with database.engine.begin() as connection:
        if database.is_postgis:
            query = "SELECT pg_get_viewdef('assignment_now'::regclass)"
            text = f"CREATE VIEW assignment_now AS {connection.exec_driver_sql(query).scalar()}"
        else:
            query = "SELECT sql FROM sqlite_master WHERE name = 'assignment_now'"
            text = connection.exec_driver_sql(query).scalar()
        changed = text.replace("'proposed'", "'approved'")
        assert changed != text
        connection.exec_driver_sql("DROP VIEW assignment_now")
        connection.exec_driver_sql(changed)
    assert faults(database) == ["the view assignment_now was removed or changed"]
    with database.engine.begin() as connection:
        create_view(connection)
    assert faults(database) == []


@pytest.mark.postgis
@pytest.mark.parametrize("location", ["postgis"], indirect=True)
@pytest.mark.parametrize(
    ("statements", "words"),
    [
        (["CREATE RULE quiet AS ON INSERT TO review_event DO INSTEAD NOTHING"],
         "the rule quiet on review_event is not Evenbeat's"),
        (["ALTER TABLE plan ENABLE ROW LEVEL SECURITY"],
         "row-level security on plan hides rows"),
        ([_NOTHING, "CREATE TRIGGER off AFTER INSERT ON area FOR EACH ROW "
          "EXECUTE FUNCTION nothing()", "ALTER TABLE area DISABLE TRIGGER off"],
         "the trigger off on area is not Evenbeat's"),
        (["CREATE FUNCTION evenbeat_audit_append(text, text, text, varchar) RETURNS text[] "
          "LANGUAGE sql AS 'SELECT NULL::text[]'"],
         "the guard evenbeat_audit_append was removed or changed"),
    ],
)  # fmt: skip
def test_missing__what_only_a_server_has(database, statements, words):
    run(database, statements)
    assert faults(database) == [words]


def test_insert__a_row_that_vanishes_is_no_success(database):
    run(database, swallow("plan", database))
    with (
        pytest.raises(StoreError, match="1 rows were sent to plan, but 0 arrived"),
        database.transaction() as own,
    ):
        insert(own, [make_plan()])


def test_insert__of_several_one_that_vanishes_is_no_success(database):
    when = "NEW.plan_id = 'P2'"
    if database.is_postgis:
        run(database, [_NOTHING, "CREATE TRIGGER a_quiet BEFORE INSERT ON plan FOR EACH ROW "
                       f"WHEN ({when}) EXECUTE FUNCTION nothing()"])  # fmt: skip
    else:
        run(database, [f"CREATE TRIGGER a_quiet BEFORE INSERT ON plan WHEN {when} "
                       "BEGIN SELECT RAISE(IGNORE); END"])  # fmt: skip
    with (
        pytest.raises(StoreError, match="3 rows were sent to plan, but 2 arrived"),
        database.transaction() as own,
    ):
        insert(own, [make_plan(name) for name in ("P1", "P2", "P3")])


def test_append_event__an_event_that_vanishes_is_no_success(database):
    store_plan(database)
    run(database, swallow("review_event", database))
    with pytest.raises(StoreError, match="sent to review_event, but 0 arrived"):
        store_event(database, make_event())
    assert AuditLog(database).head().entry == 1


def test_append__an_entry_that_vanishes_is_no_success(database):
    run(database, swallow("audit_log", database))
    with pytest.raises((StoreError, AuditError), match=r"not ours|but 0 arrived"):
        AuditLog(database).append("note", {}, actor="a", at=NOON)


def fault_of(database):
    accounts = Accounts()
    with database.reading() as connection:
        assert AuditLog(database).verify(seen=accounts.note, connection=connection).intact
        return accounts.fault(connection)


def logins(database):
    with database.reading() as connection:
        return connection.exec_driver_sql("SELECT login FROM review_event").scalars().all()


def test_append_event__the_server_records_the_login(database):
    store_plan(database)
    said = {"login": "postgres"} if database.is_postgis else {}
    store_event(database, make_event(actor="postgres", detail=said))
    assert logins(database) == (["postgres"] if database.is_postgis else [None])
    assert fault_of(database) is None


@pytest.mark.postgis
@pytest.mark.parametrize("location", ["postgis"], indirect=True)
@pytest.mark.parametrize(("actor", "said"), [("bo", "bo"), ("bo", "postgres"), ("postgres", "bo")])
def test_accounts__names_an_event_under_another_login(database, actor, said):
    store_plan(database)
    store_event(database, make_event(actor=actor, detail={"login": said}))
    assert fault_of(database) == (
        f"event P1-1-v1 says that {actor} (login {said}) acted, but the server had let in postgres"
    )


@pytest.mark.postgis
@pytest.mark.parametrize("location", ["postgis"], indirect=True)
def test_append_event__a_client_cannot_choose_the_login(database):
    store_plan(database)
    event = make_event()
    with database.transaction() as connection:
        detail = {"records": logged_records(events=[event])}
        entry = AuditLog(database).append("x", detail, actor="a", at=NOON, connection=connection)
        append_event(connection, replace(event, audit_entry=entry.entry))
        connection.exec_driver_sql(
            "INSERT INTO review_event (event_id, assignment_id, version, action, state_before, "
            "state_after, actor, role, at, overridden, detail, audit_entry, login) SELECT 'forged',"
            " assignment_id, 2, action, state_after, state_after, actor, role, at, overridden, "
            "detail, audit_entry, 'bo' FROM review_event"
        )
    assert logins(database) == ["postgres", "postgres"]


@pytest.mark.parametrize("action", ["note", "move"])
def test_database__takes_nothing_into_a_log_that_moved(log, database, action):
    log.append("move", {"to": "postgresql+psycopg://there/city"}, actor="a", at=NOON)
    with pytest.raises(AuditError, match=r"ended with entry 1, which moved it to postgresql.*city"):
        log.append(action, {}, actor="a", at=NOON)
    with pytest.raises(DBAPIError, match="append-only"):
        run(database, ["INSERT INTO audit_log SELECT 2, at, actor, 'note', detail, hash, 'made up' "
                       "FROM audit_log"])  # fmt: skip
    assert log.verify().entries == 1


def test_database__nobody_arrives_who_did_not_move(log):
    log.append("note", {}, actor="a", at=NOON)
    with pytest.raises(AuditError, match="append-only"):
        log.append("arrive", {}, actor="a", at=NOON)

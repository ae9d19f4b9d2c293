"""Opening: made once by whoever comes first, brought up to date, refused when it is not ours."""

import os
import re
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path

import pyogrio
import pytest
import shapely
import sqlalchemy as sa
from alembic.script import ScriptDirectory
from sqlalchemy.exc import DBAPIError
from store.store_rows import DAY, NOON, make_area, make_assignment, make_event, square, store_event
from store.store_rows import store_plan as write_plan

from evenbeat.core.errors import AuditError, StoreError
from evenbeat.core.store.database import (
    AuditLog,
    Database,
    add_area,
    append_event,
    areas_on,
    current_assignments,
    login_roles,
)
from evenbeat.core.store.database.guards import missing
from evenbeat.core.store.database.migrate import configuration
from evenbeat.core.store.database.revision import REVISIONS, VERSION_TABLE
from evenbeat.core.store.database.schema import METADATA

OWN_CRS = "+proj=laea +lat_0=41.8 +lon_0=-87.6 +datum=WGS84 +units=m"
OTHER_OWN_CRS = "+proj=laea +lat_0=30 +lon_0=-87.6 +datum=WGS84 +units=m"


def test_open__a_second_time_finds_everything(location):
    first = Database.open(location, crs="EPSG:26916")
    write_plan(first)
    first.close()
    second = Database.open(location, crs="EPSG:26916")
    with second.reading() as connection:
        assert len(current_assignments(connection)) == 2
        assert missing(connection) == []
    second.close()


# Reflection alone does not know PostGIS; the code names the type itself.
@pytest.mark.filterwarnings("ignore:Did not recognize type .geometry")
def test_open__the_schema_is_what_the_code_reads(database):
    with database.reading() as connection:
        inspector = sa.inspect(connection)
        for table in METADATA.sorted_tables:
            columns = {column["name"]: column for column in inspector.get_columns(table.name)}
            assert list(columns) == [column.name for column in table.c]
            for column in table.c:
                assert columns[column.name]["nullable"] == column.nullable, column
                compiled = column.type.compile(connection.dialect).upper().split("(")[0]
                if "geometry" not in column.name:
                    stored = columns[column.name]["type"].compile(connection.dialect).upper()
                    assert stored.split(" COLLATE")[0] == compiled.split(" COLLATE")[0]
            assert unique_sets(inspector, table.name) == {
                tuple(constraint.columns.keys())
                for constraint in table.constraints
                if isinstance(constraint, sa.UniqueConstraint)
            }
            assert {
                (tuple(key["constrained_columns"]), key["referred_table"], *key["referred_columns"])
                for key in inspector.get_foreign_keys(table.name)
            } == {
                (tuple(key.column_keys), key.referred_table.name, key.elements[0].column.name)
                for key in table.foreign_key_constraints
            }
            assert {
                index["name"] for index in inspector.get_indexes(table.name) if not index["unique"]
            } == {index.name for index in table.indexes}


def unique_sets(inspector, name):
    return {tuple(found["column_names"]) for found in inspector.get_unique_constraints(name)}


def test_revisions__are_the_scripts():
    scripts = ScriptDirectory.from_config(configuration())
    assert tuple(script.revision for script in scripts.walk_revisions())[::-1] == REVISIONS


def test_open__by_several_processes_at_once(location, tmp_path):
    code = (
        "import sys, datetime as dt\n"
        "from evenbeat.core.store.database import AuditLog, Database\n"
        "log = AuditLog(Database.open(sys.argv[1], crs='EPSG:26916'))\n"
        "log.append('note', {}, actor=sys.argv[2], at=dt.datetime.now(dt.UTC))\n"
    )
    runs = [
        subprocess.Popen([sys.executable, "-c", code, str(location), str(number)])
        for number in range(3)
    ]
    assert [run.wait() for run in runs] == [0, 0, 0]
    database = Database.open(location, crs="EPSG:26916")
    assert AuditLog(database).verify().entries == 3
    database.close()


def test_open__a_newer_schema_is_refused_and_left_alone(database, location):
    with database.transaction() as connection:
        connection.exec_driver_sql(f"UPDATE {VERSION_TABLE} SET version_num = '9999'")
    with pytest.raises(StoreError, match="schema 9999, made by a newer Evenbeat"):
        Database.open(location, crs="EPSG:26916")
    with database.reading() as connection:
        query = f"SELECT version_num FROM {VERSION_TABLE}"
        assert connection.exec_driver_sql(query).scalar() == "9999"


def test_open__before_the_crs_is_known(location):
    early = Database.open(location, crs=None)
    AuditLog(early).append("ingest", {}, actor="ana", at=NOON)
    with pytest.raises(StoreError, match="does not know its CRS yet"), early.transaction() as own:
        add_area(own, make_area())
    early.close()
    later = Database.open(location, crs="EPSG:2913")
    with later.transaction() as connection:
        add_area(connection, make_area())
        assert shapely.get_srid(areas_on(connection, DAY)[0].geometry) == 2913
    later.close()


def test_open__another_crs_is_refused_once_there_are_boxes(location):
    database = Database.open(location, crs="EPSG:2913")
    database.use_crs("EPSG:26916")
    write_plan(database)
    database.close()
    with pytest.raises(StoreError, match="holds boxes in the CRS 26916, the workspace is in EPSG"):
        Database.open(location, crs="EPSG:2913")
    Database.open(location, crs="EPSG:26916").close()


def test_open__a_crs_without_a_code_is_registered(location):
    for crs in (OTHER_OWN_CRS, OWN_CRS, OWN_CRS):
        database = Database.open(location, crs=crs)
        database.close()
    write_plan(database := Database.open(location, crs=OWN_CRS))
    with database.reading() as connection:
        (found, _) = current_assignments(connection)
    assert shapely.get_srid(found.assignment.geometry) == 910_002
    database.close()


def test_open__a_crs_that_nobody_knows(location):
    with pytest.raises(StoreError, match="is no CRS that PROJ knows"):
        Database.open(location, crs="EPSG:1")


def test_open__a_file_that_is_something_else(tmp_path):
    with sqlite3.connect(tmp_path / "other.gpkg") as connection:
        connection.execute("CREATE TABLE holidays (name TEXT)")
    connection.close()
    with pytest.raises(StoreError, match="without Evenbeat's tables; it has holidays"):
        Database.open(tmp_path / "other.gpkg", crs=None)
    (tmp_path / "text.gpkg").write_text("no database" * 200)
    with pytest.raises(StoreError, match="cannot be opened"):
        Database.open(tmp_path / "text.gpkg", crs=None)


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("mysql://u@h/d", "mysql database is not supported"),
        ("postgresql+psycopg://u:secret@127.0.0.1:1/d", "cannot be opened"),
        ("://", "cannot be read"),
    ],
)
def test_open__a_url_that_leads_nowhere(url, message):
    with pytest.raises(StoreError, match=message) as caught:
        Database.open(url, crs=None)
    assert "secret" not in str(caught.value)


def test_import__needs_no_heavy_library():
    code = (
        "import sys, evenbeat.core.store.database\n"
        "heavy = {'pandas', 'geopandas', 'alembic', 'pyproj', 'numpy'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_open__an_existing_one_needs_no_alembic_and_no_pyproj(tmp_path):
    path = tmp_path / "assignments.gpkg"
    Database.open(path, crs="EPSG:26916").close()
    code = (
        "import sys\n"
        "from evenbeat.core.store.database import Database\n"
        "Database.open(sys.argv[1], crs='EPSG:26916')\n"
        "print(sorted({'alembic', 'pyproj', 'pandas'} & set(sys.modules)))"
    )
    command = [sys.executable, "-c", code, str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_geopackage__gdal_reads_every_layer(tmp_path):
    path = tmp_path / "assignments.gpkg"
    database = Database.open(path, crs="EPSG:26916")
    write_plan(database)
    store_event(database, make_event(overridden=True))
    database.close()
    layers = dict(pyogrio.list_layers(path).tolist())
    assert layers["assignment_now"] == "MultiPolygon"
    assert layers["audit_log"] is None
    assert next(iter(layers)) == "assignment_now"
    now = pyogrio.read_dataframe(path, layer="assignment_now", fid_as_index=True)
    assert now.crs == "EPSG:26916"
    assert list(now.index) == [1, 2]
    assert list(now["state"]) == ["approved", "proposed"]
    assert list(now["version"]) == [1, 0]
    assert list(now["ever_overridden"]) == [1, 0]
    assert list(now["minutes"]) == [45.0, 45.0]
    assert now.geometry.iloc[0].equals(square(1, 2))
    assert len(pyogrio.read_dataframe(path, layer="review_event")) == 1
    info = pyogrio.read_info(path, layer="assignment_now", force_total_bounds=True)
    assert tuple(info["total_bounds"]) == (440_250, 4_639_250, 440_750, 4_639_500)


def test_geopackage__is_version_1_2(tmp_path):
    path = tmp_path / "assignments.gpkg"
    Database.open(path, crs="EPSG:26916").close()
    with sqlite3.connect(path) as connection:
        assert connection.execute("PRAGMA application_id").fetchone() == (0x47504B47,)
        assert connection.execute("PRAGMA user_version").fetchone() == (10200,)
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    connection.close()


@pytest.mark.postgis
def test_postgis__the_layers_are_in_their_crs(postgis):
    database = Database.open(postgis.new_store(), crs="EPSG:26916")
    with database.reading() as connection:
        layers = connection.exec_driver_sql(
            "SELECT f_table_name, srid, type FROM geometry_columns "
            "WHERE f_table_schema = current_schema() ORDER BY 1"
        ).fetchall()
    assert [tuple(layer) for layer in layers] == [
        ("area", 26916, "MULTIPOLYGON"),
        ("assignment", 26916, "MULTIPOLYGON"),
        ("assignment_now", 26916, "MULTIPOLYGON"),
    ]
    database.close()


@pytest.fixture(scope="session")
def riverton(postgis):
    """A database set up as the documentation says, with a supervisor through a second group."""
    page = Path(__file__).parents[2] / "docs" / "audit.md"
    (block,) = re.findall(r"```sql\n(.*?)```", page.read_text("utf-8"), re.DOTALL)
    statements = [part.strip() for part in re.sub("--.*", "", block).split(";") if part.strip()]
    postgis.administer(statements[0], database="postgres")
    postgis.administer(
        *statements[1:], "CREATE ROLE crew", "GRANT evenbeat_supervisor TO crew",
        "CREATE ROLE bo LOGIN", "GRANT crew TO bo", "CREATE ROLE cy LOGIN",
        "GRANT evenbeat_auditor TO cy", database="riverton",
    )  # fmt: skip
    owner = Database.open(postgis.url("riverton", user="evenbeat_owner"), crs="EPSG:26916")
    write_plan(owner)
    owner.close()
    return postgis


@pytest.fixture
def seat(riverton):
    """Open the database as one of its people."""
    opened = []

    def open_as(user):
        opened.append(Database.open(riverton.url("riverton", user=user), crs="EPSG:26916"))
        return opened[-1]

    yield open_as
    for database in opened:
        database.close()


@pytest.mark.postgis
@pytest.mark.parametrize(
    ("user", "roles"),
    [
        ("ana", {"evenbeat_analyst"}),
        ("bo", {"evenbeat_supervisor"}),
        ("cy", {"evenbeat_auditor"}),
        ("postgres", set()),
    ],
)
def test_login_roles__memberships_also_through_groups(seat, user, roles):
    with seat(user).reading() as connection:
        assert login_roles(connection) == roles


@pytest.mark.postgis
def test_postgis__people_add_rows_and_can_take_nothing_off(seat):
    ana = seat("ana")
    store_event(ana, make_event())
    assert AuditLog(ana).verify().entries == 2
    for statement in ("DELETE FROM plan", "DROP TRIGGER plan_no_delete ON plan"):
        refused = pytest.raises(DBAPIError, match=r"permission denied|must be owner")
        with refused, ana.transaction() as connection:
            connection.exec_driver_sql(statement)
    owner = seat("evenbeat_owner")
    with pytest.raises(DBAPIError, match="append-only"), owner.transaction() as connection:
        connection.exec_driver_sql("DELETE FROM plan")


@pytest.mark.postgis
def test_postgis__an_auditor_reads_alone(seat):
    cy = seat("cy")
    assert AuditLog(cy).verify().intact
    with pytest.raises(AuditError, match="permission denied"):
        AuditLog(cy).append("note", {}, actor="cy", at=NOON)
    with pytest.raises(StoreError, match="permission denied"), cy.transaction() as connection:
        append_event(connection, make_event(assignment_id="P1-2", audit_entry=1))


def test_login_roles__none_in_a_geopackage(tmp_path):
    database = Database.open(tmp_path / "a.gpkg", crs=None)
    with database.reading() as connection:
        assert login_roles(connection) == frozenset()


def test_reading__a_file_that_may_not_be_written(tmp_path):
    path = tmp_path / "assignments.gpkg"
    database = Database.open(path, crs="EPSG:26916")
    write_plan(database, assignments=[make_assignment(1)], visits=[])
    copy = tmp_path / "read-only" / "assignments.gpkg"
    copy.parent.mkdir()
    shutil.copy(path, copy)
    copy.chmod(0o444)
    assert isinstance(copy, Path) and os.access(copy, os.R_OK)
    assert AuditLog(Database.open(copy, crs="EPSG:26916")).verify().entries == 1

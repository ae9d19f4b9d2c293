"""Audit-only data stay apart: by the graph of imports, by the sources, and by the bytes made."""

import ast
import datetime as dt
import json
import shutil
import stat
import sys
from pathlib import Path

import grimp
import pytest

from evenbeat.core.equity import AuditOnlyStore
from evenbeat.core.errors import WorkspaceError
from evenbeat.core.pipeline.fit import run_fit
from evenbeat.core.pipeline.forecast import run_forecast
from evenbeat.core.pipeline.plan import run_plan
from evenbeat.core.store.files import sha256_tree
from tests.equity.conftest import context_at, load

pytestmark = pytest.mark.xdist_group("equity")

ROOT = Path(__file__).parents[2]
LEDGER, OPERATIONS = "evenbeat.core.equity", "evenbeat.core.pipeline.equity"
DOORS = {
    "evenbeat.core.cli.commands.equity", "evenbeat.core.engine.operations.equity",
    "evenbeat.core.pipeline.demonstrate",
}  # fmt: skip
"""What may ask for the ledger's operations: the command, the engine, and the demo."""


@pytest.fixture(scope="module")
def graph():
    return grimp.build_graph("evenbeat.core", "evenbeat.tile_server", cache_dir=None)


def within(name, package):
    return name == package or name.startswith(f"{package}.")


def test_imports__only_its_operations_use_the_ledger(graph):
    users = {
        importer
        for module in graph.modules if within(module, LEDGER)
        for importer in graph.find_modules_that_directly_import(module)
    }  # fmt: skip
    assert users
    assert {one for one in users if not within(one, LEDGER)} == {
        one for one in users if within(one, OPERATIONS)
    }


def test_imports__only_the_doors_lead_to_the_operations(graph):
    users = {
        importer
        for module in graph.modules if within(module, OPERATIONS)
        for importer in graph.find_modules_that_directly_import(module)
    }  # fmt: skip
    assert {one for one in users if not within(one, OPERATIONS)} == DOORS


@pytest.mark.parametrize(
    "room",
    ["kernels", "policy", "ingest", "store", "features", "models", "forecast", "dosage", "planning",
     "backtest", "effects", "reports", "pipeline.ingest", "pipeline.fit", "pipeline.forecast",
     "pipeline.plan", "pipeline.daily", "pipeline.review", "pipeline.publish"],
)  # fmt: skip
def test_imports__no_way_leads_from_a_room_to_the_ledger(graph, room):
    chain = graph.find_shortest_chain(f"evenbeat.core.{room}", LEDGER, as_packages=True)
    assert chain is None


def test_imports__a_way_that_there_is_is_found(graph):
    """The check above can fail."""
    assert graph.find_shortest_chain("evenbeat.core.cli", LEDGER, as_packages=True)


def test_sources__the_name_of_the_folder_stands_in_the_store_alone():
    holders = set()
    for path in [*(ROOT / "core").rglob("*.py"), *(ROOT / "tile_server").rglob("*.py")]:
        text = path.read_text("utf-8")
        if "audit_only" not in text:
            continue
        constants = (
            node.value for node in ast.walk(ast.parse(text))
            if isinstance(node, ast.Constant) and isinstance(node.value, str)
        )  # fmt: skip
        if any("audit_only" in one.split("/") for one in constants):
            holders.add(path.relative_to(ROOT).as_posix())
    assert holders == {"core/equity/audit_only.py"}


def test_store__what_was_written_is_read(loaded_city):
    store = AuditOnlyStore.of(loaded_city)
    areas = store.read()
    assert areas.ids[:2] == ("T00", "T01")
    assert areas.residents[:2].tolist() == [900, 910]
    assert areas.shares["renters"][0] == pytest.approx(0.05)
    assert store.facts["source"] == "Made up for tests."
    assert stat.S_IMODE(store.folder.stat().st_mode) == 0o700


def test_store__keeps_only_the_columns_that_were_named(loaded_city):
    columns = set()
    for path in (loaded_city / "audit_only").rglob("*.parquet"):
        import pyarrow.parquet

        columns |= set(pyarrow.parquet.read_schema(path).names)
    assert columns == {"area_id", "residents", "share_0", "geometry"}


def test_store__the_table_before_is_gone(loaded_copy):
    context = context_at(loaded_copy)
    before = AuditOnlyStore.of(loaded_copy).facts["version"]
    import geopandas

    table = geopandas.read_file(loaded_copy / "areas.gpkg").assign(people=50)
    table.to_file(loaded_copy / "areas.gpkg", driver="GPKG")
    load(context)
    folders = [path.name for path in (loaded_copy / "audit_only" / "areas").iterdir()
               if path.is_dir()]  # fmt: skip
    assert folders == [AuditOnlyStore.of(loaded_copy).facts["version"]] != [before]


def test_store__a_changed_file_is_noticed(loaded_copy):
    part = next((loaded_copy / "audit_only").rglob("*.parquet"))
    part.write_bytes(part.read_bytes() + b" ")
    with pytest.raises(WorkspaceError, match="not as it was loaded"):
        AuditOnlyStore.of(loaded_copy).read()


def test_store__nothing_loaded(tmp_path):
    with pytest.raises(WorkspaceError, match="evenbeat equity load"):
        AuditOnlyStore.of(tmp_path).read()


def test_load__is_in_the_log_with_the_columns_that_were_taken(loaded_city):
    entries = context_at(loaded_city).workspace.audit.entries()
    details = [json.loads(one.detail) for one in entries if one.action == "equity-load"]
    assert [one["columns"] for one in details] == [
        {"renters": {"column": "renters", "scale": "percent"}}
    ]


class Watch:
    """Notes which files and folders this process opens while it is on.

    A hook of the interpreter cannot be taken away again, so it is switched off.
    """

    def __init__(self):
        self.on, self.opened = False, []
        sys.addaudithook(self._hear)

    def _hear(self, event, arguments):
        if self.on and event in ("open", "os.listdir", "os.scandir"):
            self.opened.append(str(arguments[0]))


def test_day__with_and_without_the_table_has_the_same_bytes(
    patrolled_city, loaded_city, tmp_path, in_this_process
):
    """Fit, forecast and plan a day in two copies; one has the table, and nobody opens it.

    What a library opens by itself is not heard; that it changes nothing, the bytes tell.
    """
    watch = Watch()
    day = patrolled_city.dates[-1] + dt.timedelta(days=1)
    made = []
    for root in (patrolled_city.workspace.root, loaded_city):
        copy = shutil.copytree(root, tmp_path / root.parent.name)
        context = context_at(copy)
        watch.on = True
        fitted = run_fit(context, day)
        forecast = run_forecast(context, day)
        planned = run_plan(context, day)
        watch.on = False
        with context.workspace.database.reading() as connection:
            boxes = connection.exec_driver_sql(
                "select assignment_id, cells, minutes, priority from assignment "
                "where plan_id = ? order by assignment_id", (planned.plan_id,),
            ).fetchall()  # fmt: skip
        made.append((
            fitted.model_id, sha256_tree(fitted.folder), forecast.run_id,
            sha256_tree(context.workspace.run_folder(day, forecast.run_id)), planned.plan_id,
            [tuple(box) for box in boxes],
        ))  # fmt: skip
    assert made[0] == made[1]
    assert made[0][-1]
    assert any("incidents" in name for name in watch.opened)
    assert not [name for name in watch.opened if "audit_only" in name]

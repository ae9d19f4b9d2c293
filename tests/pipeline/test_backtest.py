"""The back-test as a whole: the same bits anywhere, goes on where it stopped, open to a scorer."""

import dataclasses
import datetime as dt
import json
import re
import shutil

import numpy as np
import pandas as pd
import pytest

from evenbeat.core.errors import BacktestError, ConfigError, PolicyError
from evenbeat.core.pipeline.backtest import run_backtest
from evenbeat.core.pipeline.backtest_request import BacktestRequest
from evenbeat.core.store.cubes import read_cube
from evenbeat.core.store.files import sha256_tree
from evenbeat.core.store.workspace import Workspace
from evenbeat.core.variables import validate
from tests.agency_day import FORECAST_DAY, context_of

pytestmark = pytest.mark.slow
FIRST, LAST = FORECAST_DAY - dt.timedelta(days=14), FORECAST_DAY - dt.timedelta(days=1)
REQUEST = BacktestRequest(
    FIRST, LAST, crime_types=("burglary", "theft"), refit_days=7, area_shares=(0.01, 0.05),
    boxes_per_district=1,
)  # fmt: skip


@pytest.fixture(scope="module")
def root(finished_day, tmp_path_factory):
    """A workspace whose models are of one quick kind."""
    copy = shutil.copytree(finished_day[0], tmp_path_factory.mktemp("tested") / "city")
    settings = (copy / "evenbeat.toml").read_text("utf-8")
    assert "[model]" in settings
    (copy / "evenbeat.toml").write_text(
        settings.replace("[model]", '[model]\nkind = "mixture"'), "utf-8"
    )
    return copy


@pytest.fixture(scope="module")
def tested(root, tmp_path_factory):
    out = tmp_path_factory.mktemp("report")
    outcome = run_backtest(
        context_of(root), REQUEST, out=out / "report", forecasts=out / "issued", jobs=1
    )
    return outcome, out


def test_run_backtest__writes_page_document_and_log(root, tested):
    outcome, out = tested
    document = json.loads((out / "report" / "backtest.json").read_text("utf-8"))
    assert document == json.loads(json.dumps(outcome.document))
    assert set(document["types"]) == {"burglary", "theft"}
    page = outcome.page.read_text("utf-8")
    assert "<svg" in page
    command = document["provenance"]["command"]
    assert command in page.replace("&#39;", "'")
    assert f"--from {FIRST} --to {LAST}" in command
    entries = [
        entry for entry in Workspace.open(root).audit.entries() if entry.action == "backtest"
    ]
    assert json.loads(entries[-1].detail)["backtest_id"] == outcome.backtest_id


def test_run_backtest__processes_and_a_cluster_give_the_same_bits(root, tested, tmp_path):
    from distributed import LocalCluster

    _, out = tested
    honest = sha256_tree(out / "report" / "blocks")
    run_backtest(context_of(root), REQUEST, out=tmp_path / "two", forecasts=tmp_path / "a", jobs=2)
    assert sha256_tree(tmp_path / "two" / "blocks") == honest
    with LocalCluster(n_workers=1, threads_per_worker=1, dashboard_address=None) as cluster:
        run_backtest(
            context_of(root), REQUEST, out=tmp_path / "far", forecasts=tmp_path / "b",
            scheduler=cluster.scheduler_address,
        )  # fmt: skip
    assert sha256_tree(tmp_path / "far" / "blocks") == honest
    for name in ("backtest.json", "backtest.html"):
        assert (tmp_path / "far" / name).read_bytes() == (out / "report" / name).read_bytes()


def test_run_backtest__goes_on_where_it_was_stopped(root, tested, tmp_path):
    outcome, out = tested
    shutil.copytree(out / "report", tmp_path / "again")
    (tmp_path / "again" / "blocks" / "block-0001.npz").unlink()
    again = run_backtest(context_of(root), REQUEST, out=tmp_path / "again", jobs=1)
    assert (again.blocks, again.reused_blocks) == (outcome.blocks, 1)
    assert again.document == outcome.document
    torn = tmp_path / "again" / "blocks" / "block-0000.npz"
    torn.write_bytes(torn.read_bytes()[:200])
    mended = run_backtest(context_of(root), REQUEST, out=tmp_path / "again", jobs=1)
    assert mended.reused_blocks == 1
    assert mended.document == outcome.document


def test_run_backtest__an_outside_scorer_finds_the_same_hits(root, tested):
    """Counts the hits again from the issued cubes and the incidents, and nothing else."""
    outcome, out = tested
    workspace = Workspace.open(root)
    grid, incidents = workspace.grid(), workspace.table("incidents").read()
    theft = incidents[(incidents["crime_type"] == "theft") & (incidents["weight"] > 0)]
    row, column = grid.locate(theft["easting"], theft["northing"])
    hits, n_windows = 0.0, 0
    n_flagged = round(0.05 * grid.n_inside)
    for path in sorted((out / "issued" / outcome.backtest_id / "theft").glob("*.zarr")):
        cube = validate(read_cube(path))
        for window in range(cube.sizes["window"]):
            one = cube.isel(window=window)
            start, end, cutoff = (
                pd.Timestamp(one[name].values, tz="UTC")
                for name in ("window_start", "window_end", "data_cutoff")
            )
            assert cutoff <= start
            assert pd.Timestamp(cube.attrs["model_cutoff"]) <= cutoff
            risk = one["issued_count"].values[grid.mask]
            flagged = np.zeros(grid.shape, dtype=bool)
            flagged.ravel()[grid.inside_index[np.argsort(-risk, kind="stable")[:n_flagged]]] = True
            middle = theft["occurred_from"] + (theft["occurred_to"] - theft["occurred_from"]) / 2
            now = ((middle >= start) & (middle < end)).to_numpy() & (row >= 0)
            hits += flagged[row[now], column[now]].sum()
            n_windows += 1
    told = outcome.document["types"]["theft"]["models"]["evenbeat"]["budgets"]["area_0.05"]
    assert n_windows == 14
    assert told["hits"] == pytest.approx(
        hits, abs=0.04 * hits + 2
    )  # windows of time are shared out


def test_run_backtest__other_input_is_another_back_test(root, tested, tmp_path):
    outcome, out = tested
    shutil.copytree(out / "report", tmp_path / "lagged")
    lagged = run_backtest(
        context_of(root), dataclasses.replace(REQUEST, lag_days=3), out=tmp_path / "lagged", jobs=1
    )
    assert lagged.backtest_id != outcome.backtest_id
    assert lagged.reused_blocks == 0
    assert lagged.document["settings"]["lag_days"] == 3


def test_run_backtest__contest_rules(root, tmp_path):
    contest = BacktestRequest(FIRST, LAST, "week", ("theft",), rules="nij")
    with pytest.raises(BacktestError, match="square feet"):
        run_backtest(context_of(root), contest, out=tmp_path)
    with pytest.raises(BacktestError, match="horizons"):
        run_backtest(context_of(root), dataclasses.replace(contest, horizon="day"), out=tmp_path)
    settings = (root / "evenbeat.toml").read_text("utf-8")
    fine = shutil.copytree(root, tmp_path / "fine")
    (fine / "evenbeat.toml").write_text(
        re.sub(r"cell_size = \S+", "cell_size = 180", settings), "utf-8"
    )
    outcome = run_backtest(context_of(fine), contest, out=tmp_path / "report", jobs=1)
    budgets = outcome.document["types"]["theft"]["models"]["evenbeat"]["budgets"]
    assert all(0.25 <= told["area_km2"] / 2.589988 <= 0.75 for told in budgets.values())
    assert outcome.document["settings"]["rules"] == "nij"
    told = outcome.document["types"]["theft"]
    for name, model in told["models"].items():
        for key, at in model["budgets"].items():
            assert at["hit_rate"] == pytest.approx(at["hits"] / told["events"], rel=1e-4), name
            assert at["pai"] == pytest.approx(at["hit_rate"] / at["area_share"], rel=1e-4), key
    inside = sum(row["observed"] for row in told["models"]["evenbeat"]["by_district"])
    assert told["events"] - told["events_beside"] == pytest.approx(inside)
    workspace = Workspace.open(fine)
    grid, table = workspace.grid(), workspace.table("incidents").read()
    row, column = grid.locate(table["easting"], table["northing"])
    start, end = (
        pd.Timestamp(workspace.calendar.shifts_on(day)[0].start)
        for day in (FIRST, LAST + dt.timedelta(days=1))
    )
    middle = table["occurred_from"] + (table["occurred_to"] - table["occurred_from"]) / 2
    asked = (table["crime_type"] == "theft") & (middle >= start) & (middle < end)
    beside = (asked & ~((row >= 0) & grid.mask[row, column])).sum()
    assert told["events_beside"] == pytest.approx(beside, abs=1)  # windows of time are shared out
    assert told["events_beside"] > 0
    assert "but in no cell" in outcome.page.read_text("utf-8")


def test_run_backtest__with_and_without_undated_layers(root, tested, tmp_path):
    usual, out = tested
    undated = usual.document["settings"]["undated_places"]
    assert undated
    assert usual.document["without_undated"] is None
    assert "--without-undated" in usual.page.read_text("utf-8")
    shutil.copytree(out / "report", tmp_path / "report")
    asked = dataclasses.replace(REQUEST, without_undated=True)
    assert asked.command.endswith(" --without-undated")
    outcome = run_backtest(
        context_of(root), asked, out=tmp_path / "report", forecasts=tmp_path / "issued", jobs=1,
        force=False,
    )  # fmt: skip
    assert outcome.backtest_id == usual.backtest_id
    assert outcome.document["types"] == usual.document["types"]
    both = outcome.document["without_undated"]
    assert both["left_out"]["places"] == undated
    assert set(both["types"]) == {"burglary", "theft"}
    assert "run once more without them" in outcome.page.read_text("utf-8")
    blind = tmp_path / "issued" / f"{outcome.backtest_id}-without-undated" / "theft"
    assert len(list(blind.glob("*.zarr"))) == 2
    again = run_backtest(context_of(root), asked, out=tmp_path / "report", jobs=1)
    assert (again.blocks, again.reused_blocks) == (4, 4)
    assert again.document == outcome.document


def test_run_backtest__refusals(root, tmp_path):
    with pytest.raises(PolicyError, match="narcotics"):
        run_backtest(
            context_of(root), dataclasses.replace(REQUEST, crime_types=("narcotics",)), out=tmp_path
        )
    late = dataclasses.replace(REQUEST, last=LAST + dt.timedelta(days=40))
    with pytest.raises(BacktestError, match="days without crime"):
        run_backtest(context_of(root), late, out=tmp_path)
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(ConfigError, match="cannot be written"):
        run_backtest(context_of(root), REQUEST, out=tmp_path / "file" / "below")
    boxes = dataclasses.replace(REQUEST, rules="nij", horizon="week")
    with pytest.raises(BacktestError, match="Leave out --area and --boxes"):
        run_backtest(context_of(root), boxes, out=tmp_path)
    with pytest.raises(ConfigError, match="must be an address"):
        run_backtest(context_of(root), REQUEST, out=tmp_path / "x", scheduler="nonsense")
    with pytest.raises(ConfigError, match="No Dask scheduler answers"):
        run_backtest(context_of(root), REQUEST, out=tmp_path / "x", scheduler="tcp://127.0.0.1:9")

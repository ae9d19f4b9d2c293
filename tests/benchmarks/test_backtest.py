"""The bars of forecasts and back-tests: accuracy on real data, time, memory, and the truth.

The real workspace is made once and kept where EVENBEAT_BENCH_WORKSPACE says, else in a temporary
folder. A back-test that is done there is not done again, so its bars are printed in seconds.
PredictCode is not on PyPI: clone QuantCrimAtLeeds/PredictCode and name the folder that holds
``open_cp`` in EVENBEAT_PREDICTCODE.
"""

import datetime as dt
import json
import os
import sys
from pathlib import Path

import numpy as np
import pytest
from backtest.rolling_scene import make_backtest
from backtest.truth import explained_share, true_days
from models.histories import make_training
from sklearn.ensemble import HistGradientBoostingRegressor

from evenbeat.core.backtest.rolling import choose_for, run_block
from evenbeat.core.models.bins import Bins
from evenbeat.core.models.trees import Trees
from evenbeat.core.simulate import simulate_city
from tests.benchmarks.interleave import interleave, measure_process
from tests.benchmarks.real_workspace import make_backtest_workspace

pytestmark = [pytest.mark.benchmark, pytest.mark.timeout(3 * 3600)]
EVENBEAT = Path(sys.executable).parent / "evenbeat"
AHEAD = {"robbery": 8.0, "burglary": 17.0, "motor_vehicle_theft": 22.0, "theft": 4.0,
         "gunfire": 8.0}  # fmt: skip
GAIN = {"robbery": 0.92, "burglary": 0.645, "motor_vehicle_theft": 0.615, "theft": 1.25}
REPORTED = ("--from", "2017-01-01", "--to", "2017-12-31")
TUNED = ("--from", "2016-01-02", "--to", "2016-12-31", "--type", "robbery")


@pytest.fixture(scope="module")
def workspace(real_data, tmp_path_factory):
    """The real workspace, made and ingested when it is not there yet."""
    kept = os.environ.get("EVENBEAT_BENCH_WORKSPACE")
    root = Path(kept) if kept else tmp_path_factory.mktemp("bench") / "city"
    if not (root / "evenbeat.toml").exists():
        make_backtest_workspace(root, real_data)
    run("ingest", root)
    return root


def run(command, root, *arguments):
    return measure_process([EVENBEAT, command, "-w", root, "--json", *arguments], timeout_s=9000)


@pytest.mark.real_data
def test_accuracy__a_year_that_was_reported_once(workspace, table):
    document = json.loads(run("backtest", workspace, *REPORTED).stdout)
    for name, found in document["types"].items():
        pairs, ours = found["paired_all"]["area_0.01"], found["models"]["evenbeat"]
        hits = {key: told["budgets"]["area_0.01"]["hits"] for key, told in found["models"].items()}
        best = max(document["baselines"], key=lambda key: hits[key])
        pair = {key: 100 * value for key, value in pairs[best].items()}
        table.add_floor(
            f"{name}: hits at 1 % against {best}", pair["relative"], "%",
            at_least=AHEAD.get(name, 0.0),
            note=f"[{pair['relative_low']:.1f}, {pair['relative_high']:.1f}]",
        )  # fmt: skip
        table.add_floor("    its lower limit", pair["relative_low"], "%", at_least=0.0)
        if name in GAIN:
            table.add_floor("    gain over uniform", ours["gain_nats"], "nats",
                            at_least=GAIN[name])  # fmt: skip
        for row in ours["by_quarter"]:
            if row["observed"] >= 1000:
                off = abs(row["observed_over_expected"] - 1)
                table.add_limit(f"    observed/expected {row['quarter']}, off by", off, "",
                                at_most=0.05)  # fmt: skip


@pytest.mark.real_data
def test_speed__a_year_of_days_with_refits(workspace, table):
    used = run("backtest", workspace, *TUNED, "--force")
    found = json.loads(used.stdout)["types"]["robbery"]
    assert found["windows"] == 365
    table.add_limit("365 daily forecasts, 14 fits, 1 choice of kind", used.wall_s, "s", at_most=180)
    table.add_limit("    peak memory of its largest process", used.peak_mb, "MB", at_most=4000)


@pytest.mark.real_data
@pytest.mark.parametrize("crime_type", ["burglary", "robbery"])
def test_predictcode__hits_and_time(real_data, workspace, table, crime_type):
    folder = os.environ.get("EVENBEAT_PREDICTCODE")
    if not folder:
        pytest.skip("clone QuantCrimAtLeeds/PredictCode and set EVENBEAT_PREDICTCODE to its folder")
    from tests.benchmarks.predictcode import measure_peer

    used = run("backtest", workspace, *REPORTED)
    report = Path(json.loads(used.stdout)["folder"])
    found = measure_peer(Path(folder), workspace, report, crime_type)
    ours, carried = found.pop("evenbeat"), found.pop("one fading surface, carried")
    for name, peer in found.items():
        table.add_floor(
            f"{crime_type}: hits of {peer.events} on {len(ours.days)} days; {name} {peer.hits:.1f}",
            ours.hits, "hits", at_least=peer.hits,
        )  # fmt: skip
        table.add_floor(
            f"    {name} {peer.seconds_a_day:.2f} s a day; one fading surface carried as fast",
            peer.seconds_a_day / carried.seconds_a_day, "x", at_least=50,
        )  # fmt: skip


def test_truth__of_a_busy_simulated_city(table):
    city = simulate_city(
        seed=5, size_km=6.0, start=dt.date(2014, 3, 1), days=1460, crime_scale=30.0, ping_days=0,
        crime_types=("robbery", "burglary", "theft"),
    )  # fmt: skip
    first = city.forecast_date - dt.timedelta(days=16)
    for name in ("burglary", "robbery", "theft"):
        backtest = make_backtest(
            city, first=first, n_days=14, refit_days=14, crime_types=(name,), kind="best",
            history_days=2920, training_days=1095, maximum_rows=400_000,
        )  # fmt: skip
        choice = choose_for(backtest, first, name)
        told = run_block(backtest, backtest.schedule.blocks[0], {name: choice}).types[name]
        truth = true_days(city, name, first, 14, backtest.grid)
        assert explained_share(truth, truth) == pytest.approx(1.0)
        table.add_floor(
            f"simulated {name}: share of the true intensity's deviance explained",
            explained_share(told.issued, truth), "", at_least=0.95,
        )  # fmt: skip


def test_trees__against_scikit_learn(table):
    training = make_training(1, 60_000)
    bins = Bins.of(training.matrix)
    codes = bins.encode(training.matrix).T
    regressor = HistGradientBoostingRegressor(
        loss="poisson", max_iter=150, max_leaf_nodes=8, early_stopping=False
    ).fit(codes, training.count, training.weight)
    trees = Trees.from_sklearn(regressor, bins)
    np.testing.assert_array_equal(np.exp(trees.sums(training.matrix)), regressor.predict(codes))
    table.add_ratio(
        "150 trees of 8 leaves, 60,000 rows, the same answers", "scikit-learn",
        interleave(lambda: trees.sums(training.matrix), lambda: regressor.predict(codes)),
        at_least=3, unit="ns a row and tree", units=150 * 60_000,
    )  # fmt: skip

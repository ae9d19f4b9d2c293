"""The five reports of a quarter of a city of 25 districts, from the command line."""

import subprocess
import sys
import time

import pytest

from evenbeat.core.store.workspace import Workspace
from tests.rehearsal import rehearse

pytestmark = [pytest.mark.benchmark, pytest.mark.timeout(5400)]

REPORTS = {
    "shift": ["shift"], "tactic": ["tactic"], "officer": ["officer", "--by", "unit"],
    "crime-type": ["crime-type"], "crime-dosage": ["crime-dosage"],
}  # fmt: skip


@pytest.fixture(scope="module")
def quarter(tmp_path_factory) -> Workspace:
    """91 days planned, patrolled and measured; patrol prevents 40 % of crime in its boxes."""
    root = tmp_path_factory.mktemp("quarter") / "city"
    return rehearse(root, days=91, effect=0.4, size_km=21.3, crime_scale=2.0).workspace


@pytest.mark.parametrize("name", REPORTS)
def test_report__a_quarter_of_25_districts(quarter, table, name):
    assert len(quarter.districts()) >= 23
    command = [sys.executable, "-m", "evenbeat.core.cli", "report", *REPORTS[name], "-w",
               str(quarter.root), "--json"]  # fmt: skip
    begin = time.perf_counter()
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    seconds = time.perf_counter() - begin
    assert done.returncode == 0, done.stderr
    table.add_limit(f"report {name}, a quarter of 25 districts", seconds, "s", at_most=20)

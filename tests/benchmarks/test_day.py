"""The bars of the day, each a whole process: the real exports where they are, and the demo."""

import json
import sys
from pathlib import Path

import pytest

from evenbeat.core.store.vectors import read_geopackage
from tests.benchmarks.interleave import measure_process
from tests.benchmarks.real_workspace import make_real_workspace

pytestmark = [pytest.mark.benchmark, pytest.mark.timeout(3600)]
EVENBEAT = Path(sys.executable).parent / "evenbeat"
DAY = "2017-01-03"
EXPORTED_ROWS = 807_942


def measure(*arguments):
    return measure_process([EVENBEAT, *map(str, arguments)], timeout_s=3000)


@pytest.mark.real_data
def test_day__on_the_real_exports(real_data, tmp_path, table):
    root = make_real_workspace(tmp_path / "chicago", real_data)
    ingest = measure("ingest", "-w", root, "--json")
    reports = json.loads(ingest.stdout)["reports"]
    rows = sum(report["rows_in"] for report in reports if report["role"] == "incidents")
    assert rows == EXPORTED_ROWS
    table.add_limit("ingest of the real portal exports", ingest.wall_s, "s", at_most=30)
    table.add_limit("its peak memory", ingest.peak_mb, "MB", at_most=2000)
    fit = measure("fit", "-w", root, "--date", DAY, "--json")
    assert len(json.loads(fit.stdout)["versions"]) == 7
    table.add_limit("fit of 7 types, three years, 150 m", fit.wall_s, "s", at_most=240)
    table.add_limit("its peak memory", fit.peak_mb, "MB", at_most=4000)
    daily = measure("daily", "-w", root, "--date", DAY, "--json")
    outcome = json.loads(daily.stdout)
    assert outcome["steps"]["fit"] == "already done"
    assert len(read_geopackage(Path(outcome["assignments"]), "assignments")) == outcome["boxes"] > 0
    table.add_limit("daily after the fit, 7 types x 3 shifts", daily.wall_s, "s", at_most=45)
    for step in ("forecast", "plan", "brief", "publish"):
        table.add_note(f"    of which {step}", f"{outcome['seconds'][step]:.1f} s")
    table.add_note("    its peak memory", f"{daily.peak_mb:.0f} MB")


def test_demo__after_installation(tmp_path, table):
    demo = measure("demo", "--out", tmp_path / "demo", "--json")
    outcome = json.loads(demo.stdout)
    assert outcome["boxes"] > 0
    assert Path(outcome["briefing"]).is_file()
    table.add_limit("make demo SERVE=0 after installation", demo.wall_s, "s", at_most=120)


def test_help__is_quick(table):
    runs = sorted(measure("--help").wall_s for _ in range(7))
    table.add_limit("evenbeat --help, median of 7", runs[3], "s", at_most=0.4)

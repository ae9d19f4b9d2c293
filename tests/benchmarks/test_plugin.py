"""The plugin in a whole QGIS under Xvfb: boxes reviewed, a day cancelled, in wall time."""

import os
import shutil
import statistics
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "qgis_plugin" / "desktop"))
import theatre

pytestmark = [
    pytest.mark.benchmark,
    pytest.mark.timeout(1200),
    pytest.mark.skipif(bool(theatre.absent()), reason=f"no {theatre.absent()}"),
]
STARTS = 3


def p95(values):
    return statistics.quantiles(values, n=20, method="inclusive")[-1]


@pytest.fixture(scope="module")
def told(tmp_path_factory):
    """What the scene told, each time in a fresh profile, workspace and engine."""
    folder = tmp_path_factory.mktemp("pace")
    outcomes = []
    for number in range(STARTS):
        workspace = shutil.copytree(theatre.harness.demo(), folder / f"city{number}", symlinks=True)
        outcomes.append(theatre.play(
            theatre.SCENES / "pace.py", folder / "pictures", EVENBEAT_STAGE_WORKSPACE=str(workspace)
        ))  # fmt: skip
    return outcomes


def test_review__click_to_repaint(told, table):
    first = [one["painted_ms"][0] for one in told]
    rest = [milliseconds for one in told for milliseconds in one["painted_ms"][1:]]
    table.add_limit(f"review in QGIS, click or key to repaint, median of {len(rest)}",
                    statistics.median(rest), "ms", at_most=200)  # fmt: skip
    table.add_limit("    95 of 100 within", p95(rest), "ms", at_most=200)
    table.add_limit(f"    the first after the dock opened, slowest of {len(first)} starts",
                    max(first), "ms", at_most=200)  # fmt: skip
    on_map = [milliseconds for one in told for milliseconds in one["on_map_ms"]]
    table.add_note("    until the map is drawn too", f"{statistics.median(on_map):.0f} ms")
    table.add_note("    load of the machine", f"{os.getloadavg()[0]:.1f}")


def test_run__click_on_cancel_to_its_end(told, table):
    seconds = [second for one in told for second in one["cancel_s"]]
    assert seconds
    table.add_limit(f"cancel in the Run panel, slowest of {len(seconds)} moments of a day",
                    max(seconds), "s", at_most=3)  # fmt: skip
    table.add_note("    median", f"{statistics.median(seconds):.2f} s")

"""Scenes in a whole QGIS under Xvfb. Pictures are in EVENBEAT_PICTURES where that is set."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import harness
import patrolled
import pytest

sys.path.insert(0, str(Path(__file__).parent / "desktop"))
import theatre

pytestmark = [
    pytest.mark.desktop,
    pytest.mark.skipif(bool(theatre.absent()), reason=f"no {theatre.absent()}"),
]


@pytest.fixture
def pictures(tmp_path) -> Path:
    return Path(os.environ.get("EVENBEAT_PICTURES", tmp_path / "pictures"))


def test_start__adds_little_and_starts_no_engine(pictures, capsys):
    told = theatre.play(theatre.SCENES / "start.py", pictures)
    assert told["engine_state"] == "off"
    assert (pictures / "window.png").stat().st_size > 10_000
    before, after = told["heights"]
    assert after == before, "opening panels made the window higher than a small screen"
    with capsys.disabled():
        print(f"\nplugin start: {told['cold_milliseconds']:.0f} ms cold, "
              f"{told['load_and_start_milliseconds']:.0f} ms again "
              f"({told['processor_milliseconds']:.0f} ms of processor); bar 150 ms")  # fmt: skip


def test_setup__checks_by_itself(pictures):
    told = theatre.play(theatre.SCENES / "setup.py", pictures)
    assert told["page_is_seen"]
    assert "answers" in told["verdict"]
    assert told["rows"] > 5
    assert "pip install -c constraints.txt ." in told["copied"]
    assert "not installed in it" in told["without"]


def test_toolbox__results_on_the_map(pictures, workspace):
    told = theatre.play(
        theatre.SCENES / "toolbox.py", pictures, EVENBEAT_STAGE_WORKSPACE=str(workspace),
        EVENBEAT_STAGE_DATE=harness.DEMO_DATE,
    )  # fmt: skip
    boxes = f"Assignments {harness.DEMO_DATE}"
    assert told["layers"] == [boxes, "Priority, day", "Priority, evening", "Priority, night"]
    assert told["shown"] == [boxes, "Priority, day"]


def test_briefing__panel_pdf_and_template(pictures, workspace):
    told = theatre.play(
        theatre.SCENES / "briefing.py", pictures, EVENBEAT_STAGE_WORKSPACE=str(workspace)
    )
    assert "No workspace is open" in told["empty"]
    assert harness.DEMO_DATE in told["days"]
    assert told["failed"] == []
    assert told["bytes"][0] > 20_000
    assert told["atlas"] == 15
    assert told["copied"] == str(workspace / "layouts" / "letter-portrait-colour.qpt")


def test_review__by_keys_with_the_map(pictures, workspace, capsys):
    told = theatre.play(
        theatre.SCENES / "review.py", pictures, EVENBEAT_STAGE_WORKSPACE=str(workspace)
    )
    assert told["now"] != told["moved"]
    assert f"Review {harness.DEMO_DATE}" in told["layers"]
    with capsys.disabled():
        print(f"\nreview, key to repaint: median {told['median_ms']:.0f} ms; bar 200 ms")


def test_workspace__layers_and_a_factor_on_the_map(pictures, workspace):
    told = theatre.play(
        theatre.SCENES / "workspace.py", pictures, EVENBEAT_STAGE_WORKSPACE=str(workspace)
    )
    assert "No workspace is open" in told["empty"]
    assert "Incidents" in told["roles"]
    assert told["state"] == "1 change is not saved."
    assert told["changed"]


def test_run__in_the_task_bar_then_on_the_map_compared_and_packed(pictures, workspace):
    told = theatre.play(
        theatre.SCENES / "run.py", pictures, EVENBEAT_STAGE_WORKSPACE=str(workspace)
    )
    assert told["tasks"] == ["Evenbeat: Run the day"]
    assert told["difference"] == ["Priority, day", "Priority, evening", "Priority, night"]
    assert {"Assignments", "Districts", "Priority, day"} <= set(told["package"])


def test_patrol__hour_by_hour(pictures):
    told = theatre.play(
        theatre.SCENES / "patrol.py", pictures,
        EVENBEAT_STAGE_WORKSPACE=str(patrolled.patrolled_city()),
    )  # fmt: skip
    assert "No workspace is open" in told["empty"]
    assert len(set(told["hours"])) == 3
    assert told["differ"]
    assert told["rows"] > 0
    assert "Tracks" in told["layers"]

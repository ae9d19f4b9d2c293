"""The tutorial, played in a whole QGIS from a fresh profile as a reader follows it."""

from __future__ import annotations

import sys
from pathlib import Path

import harness
import pytest

sys.path.insert(0, str(Path(__file__).parent / "desktop"))
import theatre
import tutorial_steps
import write_tutorial_pictures

PAGE = harness.ROOT / "docs" / "tutorial.md"


@pytest.mark.slow
@pytest.mark.desktop
@pytest.mark.timeout(1800)
@pytest.mark.skipif(bool(theatre.absent()), reason=f"no {theatre.absent()}")
def test_tutorial__does_what_it_says(tmp_path):
    told = write_tutorial_pictures.write(tmp_path)
    page = PAGE.read_text("utf-8")
    assert tutorial_steps.differences(page, told["clicked"]) == []
    assert told["engine"] in {"ready", "warning"}
    assert told["agency"] == "Evenbeat City"
    assert told["problems"]
    assert told["outcome"].startswith("2017-01-04: 45 boxes")
    assert told["runs"] == 2
    assert told["chosen"] == ["2017-01-04"]
    decisions = [entry["review"] for entry in told["log"]]
    assert [one for one in decisions if one != "expire"] == ["approve", "move", "approve", "reject"]
    assert told["pages"] > 0
    assert len(told["hours"]) >= 4
    assert told["frames_differ"]
    assert told["tiles"]
    drawn = {path.name for path in tmp_path.glob("*.png")}
    assert drawn == {path.name for path in write_tutorial_pictures.PICTURES.iterdir()}


def test_differences__are_told():
    page = "1. **File > Open**\n2. `a.csv`, **Run**\n   **it**\n\nText **Other**.\n"
    assert tutorial_steps.differences(page, ["File > Open", "a.csv", "Run", "it"]) == []
    assert tutorial_steps.differences(page, ["File > Open", "Run", "it"]) == []
    assert tutorial_steps.differences(page, ["File > Open", "it"]) == ["'Run' was not clicked"]
    assert "'Stop' was clicked" in tutorial_steps.differences(page, ["File > Open", "Stop"])[0]

"""Algorithms by ``qgis_process``: as a scheduler runs them, without a window."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import harness
import pytest

POISON = {"PROJ_LIB": "/nowhere", "PROJ_DATA": "/nowhere", "GDAL_DATA": "/nowhere"}
pytestmark = pytest.mark.qgis_process


def outputs(done):
    """Return the outputs of a run as the program prints them."""
    assert done.returncode == 0, done.stdout + done.stderr
    text = done.stdout.split("Results")[-1]
    return dict(re.findall(r"^(\w+):\t(.*)$", text, re.MULTILINE))


def run(settings_folder, name, *given, **more):
    return harness.qgis_process(settings_folder, "run", f"evenbeat:{name}", "--", *given, **more)


def test_list__all_groups(settings_folder):
    done = harness.qgis_process(settings_folder, "list")
    assert done.returncode == 0
    for name in ("ingest", "forecast", "plan", "dosage", "reportshift", "publish", "daily"):
        assert f"evenbeat:{name}\t" in done.stdout


def test_help__names_the_parameters(settings_folder):
    done = harness.qgis_process(settings_folder, "help", "evenbeat:backtest")
    assert "WITHOUT_UNDATED" in done.stdout
    assert "Percent of the area to flag" in done.stdout


def test_forecast__then_plan(settings_folder, workspace):
    given = (f"WORKSPACE={workspace}", f"DATE={harness.DEMO_DATE}")
    forecast = outputs(run(settings_folder, "forecast", *given))
    planned = outputs(run(settings_folder, "plan", *given))
    assert planned["RUN"] == forecast["RUN"]
    assert int(planned["BOXES"]) > 0


def test_daily__as_a_scheduler_does(settings_folder, workspace):
    done = run(settings_folder, "daily", f"WORKSPACE={workspace}", f"DATE={harness.DEMO_DATE}")
    assert int(outputs(done)["BOXES"]) > 0


def test_briefing__atlas_without_a_window(settings_folder, workspace, tmp_path):
    done = run(settings_folder, "briefingatlas", f"WORKSPACE={workspace}",
               f"DATE={harness.DEMO_DATE}", "SHIFTS=night", "DISTRICTS=01,02",
               "TEMPLATE=a4-landscape-grey", f"FOLDER={tmp_path / 'out'}")  # fmt: skip
    told = outputs(done)
    assert told["FILES"] == "1"
    assert Path(told["FILE"]).read_bytes().startswith(b"%PDF")


def test_report__page(settings_folder, workspace):
    done = run(settings_folder, "reportshift", f"WORKSPACE={workspace}")
    assert outputs(done)["PAGE"].endswith(".html")


def test_error__exit_code_and_words(settings_folder, tmp_path):
    done = run(settings_folder, "describe", f"WORKSPACE={tmp_path}")
    assert done.returncode != 0
    assert "evenbeat.toml" in done.stdout + done.stderr


def test_engine__missing(settings_folder, tmp_path):
    done = run(settings_folder, "describe", f"WORKSPACE={tmp_path}",
               EVENBEAT_PYTHON=str(tmp_path / "gone"))  # fmt: skip
    assert done.returncode != 0
    assert "Options > Evenbeat" in done.stdout + done.stderr


def test_engine__poisoned_variables_do_not_reach_it(settings_folder, workspace):
    done = run(settings_folder, "publish", f"WORKSPACE={workspace}",
               f"DATE={harness.DEMO_DATE}", "FORCE=true", **POISON)  # fmt: skip
    assert int(outputs(done)["FILES"]) > 0


@pytest.fixture
def read_only(workspace):
    """The words that start a program which can read the workspace and not write it."""
    if os.geteuid() != 0:
        for folder in (workspace, *(path for path in workspace.rglob("*") if path.is_dir())):
            folder.chmod(0o555)
        yield []
        for folder in (workspace, *(path for path in workspace.rglob("*") if path.is_dir())):
            folder.chmod(0o755)
        return
    # Permissions do not hold for root; a mount does.
    mounted = f"mount --bind {workspace} {workspace} && mount -o remount,ro,bind {workspace}"
    program = ["unshare", "--mount", "sh", "-c", f'{mounted} && exec "$@"', "sh"]
    if subprocess.run([*program, "true"], capture_output=True, check=False).returncode:
        pytest.skip("as root a read-only workspace needs the right to mount")
    yield program


def test_read_only_workspace__is_told(settings_folder, workspace, read_only):
    given = ["run", "evenbeat:forecast", "--", f"WORKSPACE={workspace}",
             f"DATE={harness.DEMO_DATE}", "FORCE=true"]  # fmt: skip
    done = harness.qgis_process(settings_folder, *given, before=read_only)
    assert done.returncode != 0
    assert "can be read but not changed" in done.stdout + done.stderr


def test_read_only_workspace__can_be_looked_at(settings_folder, workspace, read_only, tmp_path):
    given = ["run", "evenbeat:difference", "--", f"WORKSPACE={workspace}",
             f"OLDER={harness.DEMO_DATE}", f"NEWER={harness.DEMO_DATE}",
             f"OUT={tmp_path / 'out'}"]  # fmt: skip
    done = harness.qgis_process(settings_folder, *given, before=read_only)
    assert done.returncode == 0, done.stdout + done.stderr
    assert len(list((tmp_path / "out").glob("*.tif"))) == 3

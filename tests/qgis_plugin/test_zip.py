"""The zip as the plugin repository looks at it."""

from __future__ import annotations

import ast
import configparser
import json
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import harness
import pytest

REQUIRED = ("name", "description", "version", "about", "author", "email", "homepage", "tracker",
            "repository", "tags", "icon", "changelog", "qgisMinimumVersion", "license")  # fmt: skip


@pytest.fixture(scope="module")
def built(tmp_path_factory) -> Path:
    return harness.build_zip(tmp_path_factory.mktemp("zip"))


@pytest.fixture(scope="module")
def unpacked(built, tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("unpacked")
    with zipfile.ZipFile(built) as archive:
        archive.extractall(folder)
    return folder


def tool(name, *arguments, folder):
    """Run a scanner as the plugin repository does."""
    return subprocess.run([sys.executable, "-m", name, *arguments], cwd=folder,
                          capture_output=True, text=True, check=False)  # fmt: skip


def test_build__same_bytes_again(built, tmp_path):
    assert harness.build_zip(tmp_path).read_bytes() == built.read_bytes()


def test_build__shape(built):
    with zipfile.ZipFile(built) as archive:
        names = archive.namelist()
    assert {name.split("/")[0] for name in names} == {"evenbeat"}
    assert {"evenbeat/__init__.py", "evenbeat/metadata.txt", "evenbeat/LICENSE"} <= set(names)
    for name in names:
        assert not any(part.startswith((".", "__pycache__")) for part in name.split("/"))
        assert not name.endswith((".pyc", ".so", ".dll", ".exe", ".zip"))
        assert "test" not in name.split("/")
    assert built.stat().st_size < 25 * 1024 * 1024


def test_metadata__complete(unpacked):
    metadata = configparser.ConfigParser(interpolation=None)
    metadata.read(unpacked / "evenbeat" / "metadata.txt", "utf-8")
    general = metadata["general"]
    assert [name for name in REQUIRED if not general.get(name)] == []
    assert (unpacked / "evenbeat" / general["icon"]).is_file()
    assert "engine" in general["about"]
    assert general.getboolean("hasProcessingProvider")


def test_metadata__same_version_as_the_engine(unpacked):
    project = (harness.ROOT / "pyproject.toml").read_text("utf-8")
    metadata = configparser.ConfigParser(interpolation=None)
    metadata.read(unpacked / "evenbeat" / "metadata.txt", "utf-8")
    assert f'\nversion = "{metadata["general"]["version"]}"\n' in project


def test_bandit__no_finding(unpacked):
    done = tool("bandit", "-r", ".", "-f", "json", "--quiet", folder=unpacked)
    report = json.loads(done.stdout)
    assert report["metrics"]["_totals"]["loc"] > 500
    assert report["results"] == []
    assert report["errors"] == []


def test_flake8__no_finding(unpacked):
    done = tool("flake8", "--max-line-length=120", ".", folder=unpacked)
    assert (done.stdout, done.stderr) == ("", "")


def test_detect_secrets__no_finding(unpacked):
    done = tool("detect_secrets", "scan", "--all-files", "--exclude-files", r"metadata\.txt", ".",
                folder=unpacked)  # fmt: skip
    assert json.loads(done.stdout)["results"] == {}


def test_sources__run_on_python_3_9_and_qt_6(unpacked):
    """QGIS 3.22 has Python 3.9 on Windows; QGIS 4 has Qt 6."""
    for path in unpacked.rglob("*.py"):
        source = path.read_text("utf-8")
        ast.parse(source, feature_version=(3, 9))
        for gone in ("PyQt5", "PyQt6", "exec_(", "QtWebKit", "resources_rc"):
            assert gone not in source, f"{path.name}: {gone}"
        assert not re.search(r"\bstrict=", source), path.name


def test_sources__only_the_window_imports_qgis_gui(unpacked):
    for path in unpacked.rglob("*.py"):
        if "gui" not in path.relative_to(unpacked).parts:
            text = path.read_text("utf-8")
            assert not re.search(r"^\s*(from|import) qgis\.gui", text, re.MULTILINE), path


def test_protocol__knows_neither_qgis_nor_qt(unpacked):
    for name in ("protocol", "environment", "locate"):
        tree = ast.parse((unpacked / "evenbeat" / "engine" / f"{name}.py").read_text("utf-8"))
        imported = {
            (node.module if isinstance(node, ast.ImportFrom) else node.names[0].name).split(".")[0]
            for node in ast.walk(tree)
            if isinstance(node, (ast.Import, ast.ImportFrom))
        }
        assert not imported & {"qgis", "PyQt5", "evenbeat"}, name

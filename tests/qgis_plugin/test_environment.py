"""What the engine inherits, and where it is looked for."""

from __future__ import annotations

from pathlib import Path

import pytest


def test_scrubbed__nothing_of_qgis_reaches_the_engine(plugin):
    from evenbeat.engine.environment import scrubbed

    poison = {
        "PYTHONHOME": "/nowhere", "PYTHONPATH": "/nowhere", "PROJ_LIB": "/nowhere",
        "PROJ_DATA": "/nowhere", "GDAL_DATA": "/nowhere", "GDAL_DRIVER_PATH": "/nowhere",
        "LD_LIBRARY_PATH": "/nowhere", "LD_PRELOAD": "/nowhere.so", "QT_PLUGIN_PATH": "/nowhere",
        "QGIS_PREFIX_PATH": "/nowhere", "VIRTUAL_ENV": "/nowhere", "CONDA_PREFIX": "/nowhere",
        "DYLD_LIBRARY_PATH": "/nowhere", "Path": "C:/kept",
    }  # fmt: skip
    kept = {"HOME": "/home/ana", "PATH": "/usr/bin", "LANG": "es_ES.UTF-8",
            "EVENBEAT_DATABASE": "kept", "HTTPS_PROXY": "http://proxy"}  # fmt: skip
    left = scrubbed({**poison, **kept})
    assert left == {**kept, "Path": "C:/kept", "NO_COLOR": "1"}


@pytest.fixture
def home(tmp_path):
    """A home with an environment in a usual place."""
    python = tmp_path / "home" / "evenbeat" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.touch(mode=0o755)
    return tmp_path / "home"


def _pythons(*arguments, **options):
    from evenbeat.engine.locate import candidates

    return [str(one.python) for one in candidates(*arguments, **options)]


def test_candidates__the_setting_alone(home):
    environ = {"EVENBEAT_PYTHON": "/other/python", "PATH": ""}
    assert _pythons("/chosen/python", environ=environ, home=home) == [str(Path("/chosen/python"))]


def test_candidates__then_the_variable(home):
    environ = {"EVENBEAT_PYTHON": "/other/python", "PATH": ""}
    assert _pythons(environ=environ, home=home) == [str(Path("/other/python"))]


def test_candidates__then_the_command_and_usual_places(home, tmp_path):
    real = tmp_path / "pipx" / "venvs" / "evenbeat" / "bin"
    real.mkdir(parents=True)
    for name in ("python", "evenbeat"):
        (real / name).touch(mode=0o755)
    link = tmp_path / "local" / "evenbeat"
    link.parent.mkdir()
    link.symlink_to(real / "evenbeat")
    found = _pythons(environ={"PATH": str(link.parent)}, home=home)
    assert found[:2] == [str(real / "python"), str(home / "evenbeat" / "bin" / "python")]


def test_candidates__one_without_the_command_comes_after_one_that_has_it(tmp_path):
    for name in ("evenbeat", ".evenbeat"):
        folder = tmp_path / name / "bin"
        folder.mkdir(parents=True)
        (folder / "python").touch(mode=0o755)
    (tmp_path / ".evenbeat" / "bin" / "evenbeat").touch(mode=0o755)
    found = _pythons(environ={"PATH": ""}, home=tmp_path)
    assert found[:2] == [
        str(tmp_path / one / "bin" / "python") for one in (".evenbeat", "evenbeat")
    ]


def test_candidates__a_script_names_its_python(tmp_path):
    python, command = tmp_path / "usr" / "python3.11", tmp_path / "local" / "evenbeat"
    for path in (python, command):
        path.parent.mkdir()
        path.touch(mode=0o755)
    command.write_text(f"#!{python}\nimport sys\n")
    assert _pythons(environ={"PATH": str(command.parent)}, home=tmp_path)[0] == str(python)


def test_candidates__windows_layout(tmp_path):
    python = tmp_path / "evenbeat" / "Scripts" / "python.exe"
    python.parent.mkdir(parents=True)
    python.touch()
    assert _pythons(environ={"PATH": ""}, home=tmp_path, windows=True)[0] == str(python)


def test_candidates__never_qgis_itself(tmp_path):
    import sys

    found = _pythons(environ={"PATH": ""}, home=tmp_path)
    assert sys.executable not in found


def test_lines__pieces_become_lines(plugin):
    from evenbeat.engine.protocol import Lines

    lines = Lines()
    assert lines.feed(b'{"a"') == []
    assert lines.feed(b': 1}\n\n{"b": 2}\r\n{"c') == [b'{"a": 1}', b'{"b": 2}\r']
    assert lines.feed(b'": 3}\n') == [b'{"c": 3}']


def test_lines__one_without_an_end_is_refused(plugin, monkeypatch):
    from evenbeat.engine import protocol

    monkeypatch.setattr(protocol, "LONGEST_LINE", 100)
    with pytest.raises(ValueError, match="more than 100 bytes"):
        protocol.Lines().feed(b"x" * 101)


def test_encode__leaves_out_what_nobody_gave(plugin):
    from evenbeat.engine.protocol import encode

    line = encode("7", "forecast", {"workspace": "/città", "date": None})
    assert line.decode() == (
        '{"id":"7","operation":"forecast","parameters":{"workspace":"/città"}}\n'
    )

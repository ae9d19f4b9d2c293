"""Where the engine's Python may be. This module knows neither QGIS nor Qt.

``sys.executable`` is QGIS itself on Windows and macOS, so it is never a candidate. Whether a
candidate has the engine is told by starting it, not here.
"""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

VARIABLE = "EVENBEAT_PYTHON"
_VENVS = ("evenbeat", ".evenbeat", "evenbeat/.venv", ".venvs/evenbeat", ".virtualenvs/evenbeat",
          "venvs/evenbeat", "evenbeat-venv")  # fmt: skip
_LONGEST_LINE = 1024
_SYSTEM = ("/opt/evenbeat", "/opt/evenbeat/.venv", "/srv/evenbeat/.venv", "C:/evenbeat")


@dataclass(frozen=True)
class Candidate:
    """A Python that may have the engine, and why it was looked at."""

    python: Path
    found_by: str


def candidates(
    chosen: str = "",
    *,
    environ: Mapping[str, str] | None = None,
    home: Path | None = None,
    windows: bool = sys.platform == "win32",
) -> list[Candidate]:
    """Return the Pythons that exist, the likeliest first: those with the command beside them.

    Parameters
    ----------
    chosen
        The setting. Where it is given nothing else is looked at: who chose wants to know that the
        choice is wrong.
    environ, home, windows
        Stand in for this process's own, in tests.
    """
    variables = os.environ if environ is None else environ
    if chosen:
        return [Candidate(Path(chosen), "setting")]
    if variables.get(VARIABLE):
        return [Candidate(Path(variables[VARIABLE]), VARIABLE)]
    found = [*_beside_command(variables, windows), *_in_venvs(home or Path.home(), windows)]
    first: dict[str, Candidate] = {}
    for one in found:
        first.setdefault(str(one.python), one)
    return sorted(first.values(), key=lambda one: not _has_command(one, windows))


def _beside_command(variables: Mapping[str, str], windows: bool) -> list[Candidate]:
    """Return the Python beside ``evenbeat`` on the path; links of pipx and others are followed."""
    command = shutil.which("evenbeat", path=variables.get("PATH", os.defpath))
    if command is None:
        return []
    folders = dict.fromkeys([Path(command).parent, Path(command).resolve().parent])
    pythons = [folder / name for folder in folders for name in _names(windows)]
    pythons += _of_first_line(Path(command))
    return [Candidate(python, command) for python in pythons if python.is_file()]


def _of_first_line(command: Path) -> list[Path]:
    """Return the Python that a script names, as one of ``pip install --user`` does."""
    try:
        with command.open("rb") as script:
            line = script.readline(_LONGEST_LINE)
    except OSError:
        return []
    words = line[2:].decode("utf-8", "replace").split() if line.startswith(b"#!") else []
    return [Path(words[0])] if words and "python" in words[0] else []


def _has_command(one: Candidate, windows: bool) -> bool:
    beside = one.python.with_name("evenbeat.exe" if windows else "evenbeat")
    return beside.is_file() or Path(one.found_by).is_file()  # found by the command itself


def _in_venvs(home: Path, windows: bool) -> list[Candidate]:
    roots = [*(home / name for name in _VENVS), *map(Path, _SYSTEM)]
    within = "Scripts" if windows else "bin"
    found = []
    for root in roots:
        python = root / within / _names(windows)[0]
        if python.is_file():
            found.append(Candidate(python, str(root)))
    return found


def _names(windows: bool) -> tuple[str, ...]:
    return ("python.exe",) if windows else ("python", "python3")

"""What to type to install the engine, by operating system; in the folder of Evenbeat's sources."""

from __future__ import annotations

import sys
from dataclasses import dataclass


@dataclass(frozen=True)
class Installation:
    """The lines for one operating system, and where the Python is that they make."""

    system: str
    lines: str
    python: str


INSTALLATIONS = (
    Installation(
        "Windows",
        "py -3.11 -m venv %USERPROFILE%\\evenbeat\n"
        "%USERPROFILE%\\evenbeat\\Scripts\\python -m pip install -c constraints.txt .",
        "%USERPROFILE%\\evenbeat\\Scripts\\python.exe",
    ),
    Installation(
        "macOS",
        "python3.11 -m venv ~/evenbeat\n~/evenbeat/bin/python -m pip install -c constraints.txt .",
        "~/evenbeat/bin/python",
    ),
    Installation(
        "Linux",
        "python3 -m venv ~/evenbeat\n~/evenbeat/bin/python -m pip install -c constraints.txt .",
        "~/evenbeat/bin/python",
    ),
)


def own_system() -> int:
    """Return the number of this computer's operating system in `INSTALLATIONS`."""
    return {"win32": 0, "darwin": 1}.get(sys.platform, 2)

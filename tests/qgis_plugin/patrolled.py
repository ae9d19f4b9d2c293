"""A small city, planned, patrolled and measured for a day; made once for each state of the engine.

Tests copy it before they change it.
"""

from __future__ import annotations

import getpass
import hashlib
import subprocess
from pathlib import Path

import harness

DATE = "2022-05-01"
_MAKE = """
import sys
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from tests.rehearsal import rehearse
done = rehearse(Path(sys.argv[2]), days=1, effect=0.0, size_km=5.0, history_days=120)
print(done.dates[0])
"""


def patrolled_city() -> Path:
    """Return its workspace; who runs the tests is an analyst there."""
    digest = hashlib.sha256(_MAKE.encode())
    for path in sorted((harness.ROOT / "core").rglob("*.py")):
        digest.update(path.read_bytes())
    return harness.made_once(
        harness.ROOT / "build" / "qgis-patrolled" / digest.hexdigest()[:16], _make
    )


def _make(folder: Path) -> None:
    command = [harness.ENGINE, "-c", _MAKE, str(harness.ROOT), str(folder)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    if DATE not in done.stdout:
        raise RuntimeError(f"The city was patrolled on {done.stdout}, not on {DATE}.")
    give_role(folder, "analyst")


def give_role(workspace: Path, role: str) -> None:
    """Give who runs the tests a role; "" none."""
    settings = workspace / "evenbeat.toml"
    lines = settings.read_text("utf-8").splitlines()
    me = f"{getpass.getuser()} ="
    kept = [line for line in lines if not line.startswith(me)]
    if role:
        kept.insert(kept.index("[review.roles]") + 1, f'{me} "{role}"')
    settings.write_text("\n".join(kept) + "\n", "utf-8")

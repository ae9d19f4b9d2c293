"""The city of the demo, and a guard for folders that are in use."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from evenbeat.core.errors import ConfigError
from evenbeat.core.progress import Progress, silent
from evenbeat.core.simulate.assembly import simulate_city
from evenbeat.core.simulate.files import write_agency_files

_START, _DAYS, _SEED, _SIZE_KM = dt.date(2015, 9, 1), 490, 7, 10.0
DEMO_DATE = _START + dt.timedelta(days=_DAYS)
"""The day after the demo city's history."""


def write_demo_city(folder: Path, *, progress: Progress = silent) -> None:
    """Write the demo city's files, unless they are there."""
    if (folder / "evenbeat.toml").is_file():
        return
    city = simulate_city(
        seed=_SEED, size_km=_SIZE_KM, start=_START, days=_DAYS, progress=progress
    )  # fmt: skip
    write_agency_files(city, folder, dirt=True, progress=progress)


def require_unused(folder: Path) -> None:
    """Refuse to write a city into a workspace that holds data.

    Raises
    ------
    ConfigError
        It does.
    """
    if (folder / "data").exists():
        raise ConfigError(
            f"{folder} is a workspace in use. Choose another --out, or replace its files with "
            "--force."
        )

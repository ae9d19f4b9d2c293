"""The small city that lies in ``sample_data/``: always the same."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from evenbeat.core.progress import Progress, silent
from evenbeat.core.simulate.assembly import simulate_city
from evenbeat.core.simulate.city import City
from evenbeat.core.simulate.files import write_agency_files


def sample_city(*, progress: Progress = silent) -> City:
    """Simulate the sample: 3 km, 150 days, four times the usual crime, pings of one day."""
    return simulate_city(
        seed=1829, size_km=3.0, start=dt.date(2023, 10, 10), days=150, crime_scale=4.0,
        ping_days=1, ping_seconds=60, name="Sampleton", progress=progress,
    )  # fmt: skip


def write_sample_data(folder: Path, *, progress: Progress = silent) -> list[Path]:
    """Write the files of the sample's agency, with the same bytes each time.

    Parameters
    ----------
    folder
        ``sample_data/sampleton`` in a checkout.

    Returns
    -------
    The files.
    """
    return write_agency_files(sample_city(progress=progress), folder, progress=progress)

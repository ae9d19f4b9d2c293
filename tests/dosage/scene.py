"""Pings of a simulated fleet, and the minutes that its true paths spent in each cell."""

import datetime as dt

import numpy as np

from evenbeat.core.config import DosageSettings
from evenbeat.core.dosage import Pings, clean_pings, count_minutes

KEY = b"a key for tests, long enough"
SETTINGS = DosageSettings()
ALL_KNOWN = DosageSettings(gap_cap_least_s=1e6, gap_cap_most_s=1e6, off_duty_minutes=1e5,
                           top_speed_kmh=1e6)  # fmt: skip


def pings_of(table):
    """Return a simulated table of vehicle locations as pings."""
    names, unit = np.unique(table["unit_id"].to_numpy(str), return_inverse=True)
    return Pings.of(
        tuple(names.tolist()), unit, table["time"].astype("int64").to_numpy() / 1e6,
        table["easting"], table["northing"], accuracy_m=table["accuracy_m"], crew=table["crew"],
        is_committed=table["incident_number"] != "",
    )  # fmt: skip


def seen_every(city, seconds):
    """Return pings of the true paths, exact, every so many seconds, to the end of each turn."""
    parts = []
    for turn, path in city.true_unit_paths().groupby("turn"):
        when = path["time_s"].to_numpy()
        at = np.unique(np.append(np.arange(when[0], when[-1], seconds), when[-1]))
        parts.append((np.full(at.size, turn), at, np.interp(at, when, path["easting"]),
                      np.interp(at, when, path["northing"])))  # fmt: skip
    turn, *rest = (np.concatenate(part) for part in zip(*parts, strict=True))
    return Pings.of(tuple(str(number) for number in range(int(turn.max()) + 1)), turn, *rest)


def true_dosage(city, grid, edges):
    """Return the minutes of the true paths, vertex by vertex."""
    path = city.true_unit_paths()
    pings = Pings.of(
        tuple(str(number) for number in range(int(path["turn"].max()) + 1)), path["turn"],
        path["time_s"], path["easting"], path["northing"],
    )  # fmt: skip
    return count_minutes(pings, grid, edges, ALL_KNOWN)


def shift_edges(city, days):
    first = city.forecast_date - dt.timedelta(days=days)
    return city.calendar().edges(first, days).astype(float)


def dosage_of(pings, grid, edges, settings=SETTINGS):
    kept, report = clean_pings(pings, settings, metres_per_unit=grid.metres_per_unit)
    return count_minutes(kept, grid, edges, settings), report


def planned_facts(**known):
    """Return what a plan says of one box, see `tables.DELIVERED`; what is given stands instead."""
    return {
        "assignment_id": "box-1", "service_date": "2023-03-07", "shift": "day",
        "shift_start_s": 0.0, "shift_end_s": 28800.0, "district_id": "w", "neighbourhood": "",
        "unit": "", "state": "approved", "chosen_by": "lottery", "dominant_type": "robbery",
        "tactics": "Be seen", "row": 0, "column": 0, "easting": 125.0, "northing": 125.0,
        "expected_total": 0.1, "priority": 0.3, "planned_visits": 1, "planned_minutes": 15.0,
        "cap_minutes": 60.0, **known,
    }  # fmt: skip

"""Leave out pings that cannot be true, each for a reason that is counted."""

from __future__ import annotations

import numpy as np

from evenbeat.core.config import DosageSettings
from evenbeat.core.dosage.pings import Pings
from evenbeat.core.dosage.report import PingReport
from evenbeat.core.kernels.pings import (
    DUPLICATE,
    INACCURATE,
    TOO_FAST,
    order_by_unit,
    screen_pings,
)


def clean_pings(
    pings: Pings, settings: DosageSettings, *, metres_per_unit: float = 1.0
) -> tuple[Pings, PingReport]:
    """Return the pings that can be true, by unit and time, and what became of the others.

    Dropped are pings less accurate than the limit, a second ping of a unit at the same time, and
    pings that the unit could reach from its last good one only above the top speed. Pings out of
    order are put in order and counted as repaired. Cleaning twice changes nothing more.

    Parameters
    ----------
    pings
        In any order.
    settings
        Limits of accuracy and speed.
    metres_per_unit
        Length of one unit of the positions, see `Grid.metres_per_unit`.

    Examples
    --------
    >>> pings = Pings.of(("a",), [0, 0, 0], [0, 15, 30], [0, 9000, 20], [0, 0, 0])
    >>> kept, report = clean_pings(pings, DosageSettings())
    >>> kept.easting, dict(report.dropped)
    (array([ 0., 20.]), {'too_fast': 1})
    """
    order = np.empty(len(pings), np.int64)
    late = order_by_unit(pings.unit, pings.time_s, len(pings.unit_ids), order)
    if late:
        order = np.lexsort((pings.time_s, pings.unit))
    kept, counts = np.empty(len(pings), np.int64), np.zeros(4, np.int64)
    n_kept = screen_pings(
        order, pings.unit, pings.time_s, pings.easting, pings.northing, pings.accuracy_m,
        settings.accuracy_limit_m, speed_limit(settings, metres_per_unit), kept, counts,
    )  # fmt: skip
    report = PingReport(rows_in=len(pings), rows_kept=n_kept)
    report.drop("inaccurate", counts[INACCURATE])
    report.drop("duplicate", counts[DUPLICATE])
    report.drop("too_fast", counts[TOO_FAST])
    report.repair("out_of_order", late)
    report.check_balance()
    return pings.take(kept[:n_kept]), report


def speed_limit(settings: DosageSettings, metres_per_unit: float) -> float:
    """Return the top speed in units of the positions a second."""
    return settings.top_speed_kmh / 3.6 / metres_per_unit

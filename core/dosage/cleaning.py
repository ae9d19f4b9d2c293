"""Leave out pings that cannot be true, each for a reason that is counted."""

from __future__ import annotations

from dataclasses import fields

import numpy as np
import numpy.typing as npt

from evenbeat.core.config import DosageSettings
from evenbeat.core.dosage.pings import Pings
from evenbeat.core.dosage.report import PingReport
from evenbeat.core.kernels.pings import (
    DUPLICATE,
    INACCURATE,
    KEPT,
    LATE,
    TOO_FAST,
    put_in_place,
    screen_pings,
)


def clean_pings(
    pings: Pings,
    settings: DosageSettings,
    *,
    metres_per_unit: float = 1.0,
    between: tuple[float, float] | None = None,
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
    between
        The account speaks only of pings of these times, seconds since 1970 UTC, the second not
        included. Those before and after are cleaned too and stay in the result: a day is cleaned
        with what lies around it.

    Examples
    --------
    >>> pings = Pings.of(("a",), [0, 0, 0], [0, 15, 30], [0, 9000, 20], [0, 0, 0])
    >>> kept, report = clean_pings(pings, DosageSettings())
    >>> kept.easting, dict(report.dropped)
    (array([ 0., 20.]), {'too_fast': 1})
    """
    top_speed, limits = speed_limit(settings, metres_per_unit), between or (np.nan, np.nan)
    position, counts = np.empty(len(pings), np.int32), np.zeros(5, np.int64)

    def screen(ordered: Pings) -> tuple[bool, int]:
        return screen_pings(
            ordered.unit, ordered.time_s, ordered.easting, ordered.northing, ordered.accuracy_m,
            settings.accuracy_limit_m, top_speed, *limits, len(ordered.unit_ids), position, counts,
        )  # fmt: skip

    in_order, n_kept = screen(pings)
    if not in_order:
        # By time alone is enough: pings are brought to their units afterwards.
        pings = pings.take(np.argsort(pings.time_s, kind="stable"))
        counts[:LATE] = 0
        _, n_kept = screen(pings)
    report = PingReport(rows_in=int(counts[:LATE].sum()), rows_kept=int(counts[KEPT]))
    report.drop("inaccurate", counts[INACCURATE])
    report.drop("duplicate", counts[DUPLICATE])
    report.drop("too_fast", counts[TOO_FAST])
    report.repair("out_of_order", counts[LATE])
    report.check_balance()
    return _by_unit(pings, position, n_kept), report


def _by_unit(pings: Pings, position: npt.NDArray[np.int32], n_kept: int) -> Pings:
    """Return the pings that stay, in their places."""
    columns = {}
    for name in (field.name for field in fields(Pings) if field.name != "unit_ids"):
        values = getattr(pings, name)
        columns[name] = np.empty(n_kept, values.dtype)
        put_in_place(position, values, columns[name])
    return Pings(pings.unit_ids, **columns)


def speed_limit(settings: DosageSettings, metres_per_unit: float) -> float:
    """Return the top speed in units of the positions a second."""
    return settings.top_speed_kmh / 3.6 / metres_per_unit

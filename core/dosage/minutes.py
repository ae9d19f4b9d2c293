"""Cleaned pings to minutes in every cell and time bin, none lost and none twice."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from evenbeat.core.config import DosageSettings
from evenbeat.core.dosage.cleaning import speed_limit
from evenbeat.core.dosage.intervals import can_count_visits, gap_caps, median_intervals
from evenbeat.core.dosage.pings import Pings
from evenbeat.core.errors import InputError
from evenbeat.core.grid import Grid
from evenbeat.core.kernels.pings import stand_in_order
from evenbeat.core.kernels.stays import STAY, order_by_cell, sum_stays
from evenbeat.core.kernels.traversal import ELAPSED, UNKNOWN, list_stays

Floats = npt.NDArray[np.float64]
Minutes = npt.NDArray[np.float32]
Stays = npt.NDArray[np.void]


class Room:
    """Memory for stays, used again from day to day: fresh memory costs more than the walk."""

    def __init__(self) -> None:
        self.stays = np.empty(0, STAY)
        self.cell = np.empty(0, np.int32)
        self._ordered = np.empty(0, STAY)

    def reserve(self, size: int) -> None:
        """Make room for so many stays; those that are there are kept."""
        if self.cell.size >= size:
            return
        stays, cell = np.empty(size, STAY), np.empty(size, np.int32)
        stays[: self.cell.size], cell[: self.cell.size] = self.stays, self.cell
        self.stays, self.cell = stays, cell

    def reserve_ordered(self, size: int) -> Stays:
        """Return room for so many stays in another order."""
        if self._ordered.size < size:
            self._ordered = np.empty(size + size // 4, STAY)
        return self._ordered[:size]


@dataclass(frozen=True, eq=False)
class Dosage:
    """Minutes by time bin and cell, and the account of all minutes.

    Parameters
    ----------
    grid
        The cells.
    edges_s
        Edges of the time bins, seconds since 1970 UTC, shape ``(bins + 1,)``.
    presence, unit, officer
        Minutes with at least one unit; summed over units; over officers. Shape ``(bins, y, x)``.
    unknown
        Unknown minutes at the cell where the unit was last seen; the same shape.
    visits
        Visits, in the bin in which they began; the same shape, int32. None where pings come too
        seldom to count them.
    elapsed_total, unknown_total, outside_total
        Minutes of all units by bin. Unit minutes + unknown + outside = elapsed.
    median_interval_s
        Median time between two pings of a unit; NaN without any.
    """

    grid: Grid
    edges_s: Floats
    presence: Minutes
    unit: Minutes
    officer: Minutes
    unknown: Minutes
    visits: npt.NDArray[np.int32] | None
    elapsed_total: Floats
    unknown_total: Floats
    outside_total: Floats
    median_interval_s: float

    @property
    def imbalance(self) -> float:
        """Return the largest share of a bin's elapsed minutes that is not accounted for."""
        in_cells = self.unit.sum(axis=(1, 2), dtype=np.float64)
        accounted = in_cells + self.unknown_total + self.outside_total
        return float(np.max(np.abs(accounted - self.elapsed_total) / _at_least_one(self)))


def _at_least_one(dosage: Dosage) -> Floats:
    return np.maximum(dosage.elapsed_total, 1.0)


def count_minutes(
    pings: Pings,
    grid: Grid,
    edges_s: npt.ArrayLike,
    settings: DosageSettings,
    *,
    room: Room | None = None,
) -> Dosage:
    """Return the minutes of patrol in every cell and time bin.

    Between two pings a unit drives straight at constant speed. Time between two pings further
    apart than the gap cap, or out of reach at the top speed, is unknown; silences longer than
    ``off_duty_minutes`` are no time on duty at all.

    Parameters
    ----------
    pings
        Cleaned, by unit and time. Hand in what lies before and after the bins up to an off-duty
        silence as well: ways into and out of them count for the part within.
    grid
        Cells and their mask.
    edges_s
        Edges of consecutive time bins, such as shifts or hours, seconds since 1970 UTC, rising.
    settings
        Gap cap, top speed, visits.
    room
        Hand in the same one for one day after the other; not for two at once.

    Raises
    ------
    InputError
        The pings are not by unit and time, or the edges do not rise.

    Examples
    --------
    >>> grid = Grid("EPSG:26971", 100.0, 0.0, 100.0, np.zeros((1, 2)))
    >>> pings = Pings.of(("a",), [0, 0], [0.0, 80.0], [50.0, 130.0], [50.0, 50.0])
    >>> count_minutes(pings, grid, [0, 3600], DosageSettings()).unit * 60
    array([[[50., 30.]]], dtype=float32)
    """
    edges = np.asarray(edges_s, np.float64)
    _check(pings, edges)
    medians, median = median_intervals(pings, settings)
    # From the first edge on: small numbers keep more digits than seconds since 1970.
    time_s, bins_s = pings.time_s - edges[0], edges - edges[0]
    room = room or Room()
    n_bins = edges.size - 1
    ledger, lost = np.zeros((n_bins, 2)), np.zeros((n_bins, *grid.shape), np.float32)
    n_stays, ping = 0, 0
    room.reserve(len(pings) + 2 * sum(grid.shape) + 4 * n_bins)
    while ping < len(pings):
        n_stays, ping = list_stays(
            time_s, pings.unit, pings.crew, pings.easting, pings.northing,
            gap_caps(medians, settings), settings.off_duty_minutes * 60,
            speed_limit(settings, grid.metres_per_unit), bins_s, grid.west, grid.north,
            grid.cell_size, grid.mask, room.stays, room.cell, ledger, lost, ping, n_stays,
        )  # fmt: skip
        if ping < len(pings):
            room.reserve(2 * room.cell.size)
    (presence, unit, officer), visits, outside_s = _sum(
        room.stays[:n_stays], room.cell[:n_stays], grid, bins_s, settings, room
    )
    seen_often = can_count_visits(median, settings)
    return Dosage(
        grid, edges, presence, unit, officer, lost, visits if seen_often else None,
        ledger[:, ELAPSED] / 60.0, ledger[:, UNKNOWN] / 60.0, outside_s / 60.0, median,
    )  # fmt: skip


def _sum(
    stays: Stays, stay_cell: npt.NDArray[np.int32], grid: Grid, bins_s: Floats,
    settings: DosageSettings, room: Room,
) -> tuple[Minutes, npt.NDArray[np.int32], Floats]:  # fmt: skip
    """Return presence, unit and officer minutes, visits by bin and cell, and seconds outside."""
    n_cells, n_bins = grid.mask.size, bins_s.size - 1
    first, ordered = np.empty(n_cells + 2, np.int64), room.reserve_ordered(len(stays))
    order_by_cell(stays, stay_cell, n_cells + 1, first, ordered)
    sums = np.zeros((3, n_bins, n_cells), np.float32)
    visits, outside_s = np.zeros((n_bins, n_cells), np.int32), np.zeros(n_bins)
    sum_stays(
        ordered, first, bins_s, settings.visit_gap_s, settings.visit_least_s, sums[0], sums[1],
        sums[2], visits, outside_s,
    )  # fmt: skip
    return sums.reshape(3, n_bins, *grid.shape), visits.reshape(n_bins, *grid.shape), outside_s


def _check(pings: Pings, edges: Floats) -> None:
    if edges.ndim != 1 or edges.size < 2 or not (np.diff(edges) > 0).all():
        raise InputError(f"edges_s must be two or more rising times, got {edges}.")
    if not stand_in_order(pings.unit, pings.time_s):
        raise InputError(
            "Pings must have a time each and stand by unit and time, but one has none or a time "
            "runs backwards. Hand them through clean_pings first."
        )

"""PredictCode (QuantCrimAtLeeds, package ``open_cp``) as a peer: the same days, cells and history.

It is not on PyPI. Two aliases that numpy dropped are put back for it; nothing else is changed.
"""

from __future__ import annotations

import datetime as dt
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from evenbeat.core.backtest.results import from_arrays
from evenbeat.core.features.history import TRUNCATE, gaussian_taps
from evenbeat.core.kernels.history import carry_history
from evenbeat.core.store.workspace import Workspace

EVERY_DAYS = 14
WEEKS = 8  # older incidents have weight 0 in its prospective hot spot
FLAGGED_SHARE = 0.01


@dataclass(frozen=True)
class Measured:
    """Hits over the sampled days, and CPU seconds a day."""

    days: tuple[int, ...]
    events: int
    hits: float
    seconds_a_day: float


def measure_peer(folder: Path, root: Path, report: Path, crime_type: str) -> dict[str, Measured]:
    """Return our hits and theirs on every 14th day of a back-tested year.

    Parameters
    ----------
    folder
        Holds the package ``open_cp``.
    root, report
        The workspace, and the folder of its back-test.
    crime_type
        Whose forecasts.
    """
    sys.path.insert(0, str(folder))
    for alias in (int, float, bool, object):
        if alias.__name__ not in np.__dict__:
            setattr(np, alias.__name__, alias)
    workspace = Workspace.open(root)
    year = _Year(workspace, report, crime_type)
    found = {"evenbeat": Measured(year.days, year.events, year.our_hits, 0.0)}
    for name, make in (("prospective hot spot", year.hotspot), ("grid SEPP", year.sepp)):
        found[name] = year.measure(make())
    found["one fading surface, carried"] = year.carried()
    return found


class _Year:
    def __init__(self, workspace: Workspace, report: Path, crime_type: str) -> None:
        self.grid, self.zone = workspace.grid(), workspace.calendar.zone
        blocks = []
        for path in sorted((report / "blocks").glob("*.npz")):
            with np.load(path, allow_pickle=False) as stored:
                blocks.append(from_arrays(dict(stored)).types[crime_type].scores)
        at = blocks[0].budgets.index(f"area_{FLAGGED_SHARE:g}")
        hits = np.concatenate([block.hits[0, :, at] for block in blocks])
        starts = np.concatenate([block.window_starts_s for block in blocks])
        self.days = tuple(range(0, hits.size, EVERY_DAYS))
        self.starts = [dt.datetime.fromtimestamp(int(starts[day]), dt.UTC) for day in self.days]
        self.n_days = hits.size
        self.our_hits = float(hits[list(self.days)].sum())
        table = workspace.table("incidents").read()
        table = table[(table["crime_type"] == crime_type) & (table["weight"] > 0)]
        row, column = self.grid.locate(table["easting"], table["northing"])
        on = row >= 0
        self.times = table["occurred_from"].to_numpy(dtype="datetime64[ms]")[on]
        self.position = table[["easting", "northing"]].to_numpy().T[:, on]
        self.cell = (row * self.grid.shape[1] + column)[on]
        self.n_flagged = round(FLAGGED_SHARE * self.grid.n_inside)
        self.events = sum(int(self._happened(start).sum()) for start in self.starts)

    def _happened(self, start: dt.datetime) -> Any:
        begin = np.datetime64(start.replace(tzinfo=None), "ms")
        local = start.astimezone(self.zone) + dt.timedelta(days=1)
        end = np.datetime64(local.astimezone(dt.UTC).replace(tzinfo=None), "ms")
        chosen = (self.times >= begin) & (self.times < end)
        counts = np.bincount(self.cell[chosen], minlength=self.grid.mask.size)
        return counts[self.grid.inside_index]

    def _points(self, begin: np.datetime64, end: np.datetime64) -> Any:
        import open_cp

        chosen = (self.times >= begin) & (self.times < end)
        return open_cp.TimedPoints(self.times[chosen], self.position[:, chosen])

    def _cells(self) -> Any:
        import open_cp.data

        grid, size = self.grid, self.grid.cell_size
        south = grid.north - grid.shape[0] * size
        return open_cp.data.MaskedGrid(size, size, grid.west, south, ~grid.mask[::-1])

    def hotspot(self) -> Any:
        """Return its prospective hot spot on our grid, with the defaults of the library."""
        import open_cp.prohotspot as hotspots

        cells = self._cells()

        def forecast(now: np.datetime64) -> Any:
            predictor = hotspots.ProspectiveHotSpot(grid=cells)
            predictor.data = self._points(now - np.timedelta64(7 * WEEKS, "D"), now)
            return predictor.predict(now, now).intensity_matrix

        return forecast

    def sepp(self) -> Any:
        """Return its self-exciting process on our grid, trained on the year before."""
        import open_cp.seppexp as seppexp

        first = np.datetime64(self.starts[0].replace(tzinfo=None), "ms")
        begin = first - np.timedelta64(365, "D")
        trainer = seppexp.SEPPTrainer(grid=self._cells())
        trainer.data = self._points(begin, first)
        predictor = trainer.train()

        def forecast(now: np.datetime64) -> Any:
            predictor.data = self._points(begin, now)
            return predictor.predict(now).intensity_matrix

        return forecast

    def measure(self, forecast: Any) -> Measured:
        hits, seconds = 0.0, []
        for start in self.starts:
            began = time.process_time()
            told = forecast(np.datetime64(start.replace(tzinfo=None), "ms"))
            seconds.append(time.process_time() - began)
            risk = np.ma.getdata(told)[::-1].ravel()[self.grid.inside_index].astype(float)
            hits += self._share_of_ties(risk, self._happened(start))
        return Measured(self.days, self.events, hits, float(np.mean(seconds)))

    def _share_of_ties(self, risk: Any, happened: Any) -> float:
        """Return the hits, averaged over all ways to break ties at the threshold."""
        limit = np.sort(risk)[-self.n_flagged]
        above, tied = risk > limit, risk == limit
        share = (self.n_flagged - above.sum()) / tied.sum()
        return float(happened[above].sum() + share * happened[tied].sum())

    def carried(self) -> Measured:
        """Return a surface like the hot spot's, carried through every day of the year by us."""
        grid, day_s = self.grid, 86_400
        first = int(self.starts[0].timestamp())
        seconds = self.times.astype("datetime64[s]").astype(np.int64)
        recent = seconds >= first - 7 * WEEKS * day_s
        enters = np.maximum((seconds[recent] - first) // day_s + 1, 0)
        kept = enters < self.n_days
        order = np.argsort(enters[kept], kind="stable")
        cell = self.cell[recent][kept][order]
        weight = np.ones(cell.size)
        start = np.searchsorted(enters[kept][order], np.arange(self.n_days + 1))
        taps = gaussian_taps(400.0 / TRUNCATE / grid.cell_size_m)
        fade = np.full(self.n_days, 0.5 ** (1 / 14))
        ask = np.arange(self.n_days + 1) * grid.n_inside
        asked, out = np.tile(grid.inside_index, self.n_days), np.empty(ask[-1])
        job = (fade, start, cell, weight, taps, ask, asked)
        carry_history(*job, np.zeros(grid.shape), out)
        began = time.process_time()
        carry_history(*job, np.zeros(grid.shape), out)
        spent = (time.process_time() - began) / self.n_days
        told = out.reshape(self.n_days, -1)
        hits = sum(
            self._share_of_ties(told[day], self._happened(start))
            for day, start in zip(self.days, self.starts, strict=True)
        )
        return Measured(self.days, self.events, hits, spent)

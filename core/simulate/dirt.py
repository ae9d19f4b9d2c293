"""Deliberate dirt in the simulated exports, each kind counted as it is put in.

Every dirty row has one kind of dirt, so that an ingest report can be checked number by number.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from evenbeat.core.simulate.texts import TimeStyle

Effect = Literal["drop", "repair", "keep"]
Rows = npt.NDArray[np.int64]
_LARGEST_SHARE = 0.3


@dataclass
class Export:
    """One file before it is written: texts under our names, and the times behind them.

    Parameters
    ----------
    text
        Columns ``incident_id, class_code, occurred_from, occurred_to, reported_at, last_updated,
        longitude, latitude`` and others, all text.
    times
        The aware times behind the four time columns, row by row.
    style
        How the file writes times.
    """

    text: pd.DataFrame
    times: pd.DataFrame
    style: TimeStyle

    def write(self, rows: Rows, column: str, values: Any) -> None:
        """Overwrite texts of some rows."""
        self.text.loc[rows, column] = values

    def rewrite_times(self, rows: Rows, change: Callable[[pd.Series[str]], pd.Series[str]]) -> None:
        """Change the texts of both ends of the window of some rows."""
        for column in ("occurred_from", "occurred_to"):
            self.write(rows, column, change(self.text.loc[rows, column]).to_numpy())

    def window_text(self, rows: Rows, days: float) -> tuple[Any, Any]:
        """Return the texts of both ends, moved by some days."""
        moved = self.times.loc[rows] + pd.Timedelta(days=days)
        return (
            self.style.write(moved["occurred_from"]).to_numpy(),
            self.style.write(moved["occurred_to"]).to_numpy(),
        )


@dataclass(frozen=True)
class DirtKind:
    """One kind of dirt: what it does to rows, and what an ingest should do with them."""

    name: str
    effect: Effect
    soil: Callable[[Export, Rows, np.random.Generator], None]
    share: float = 0.002
    needs: Callable[[Export], npt.NDArray[np.bool_]] | None = None
    styles: tuple[str, ...] = ("offset", "us_local")


def _blank(*columns: str) -> Callable[[Export, Rows, np.random.Generator], None]:
    def soil(export: Export, rows: Rows, rng: np.random.Generator) -> None:
        for column in columns:
            export.write(rows, column, "")

    return soil


def _put(value: str, *columns: str) -> Callable[[Export, Rows, np.random.Generator], None]:
    def soil(export: Export, rows: Rows, rng: np.random.Generator) -> None:
        for column in columns:
            export.write(rows, column, value)

    return soil


def _id_as_float(export: Export, rows: Rows, rng: np.random.Generator) -> None:
    export.write(rows, "incident_id", (export.text.loc[rows, "incident_id"] + ".0").to_numpy())


def _unreadable(export: Export, rows: Rows, rng: np.random.Generator) -> None:
    export.write(rows, "occurred_from", rng.choice(["unknown", "31/31/2015 25:61"], rows.size))
    export.write(rows, "occurred_to", "")


def _future(export: Export, rows: Rows, rng: np.random.Generator) -> None:
    begin, end = export.window_text(rows, 365 * 200)
    export.write(rows, "occurred_from", begin)
    export.write(rows, "occurred_to", end)
    export.write(rows, "reported_at", "")


def _long_window(export: Export, rows: Rows, rng: np.random.Generator) -> None:
    export.write(rows, "occurred_from", export.window_text(rows, -60)[0])


def _outside(export: Export, rows: Rows, rng: np.random.Generator) -> None:
    moved = export.text.loc[rows, "longitude"].astype(float) + rng.uniform(1.2, 2.5, rows.size)
    export.write(rows, "longitude", moved.map("{:.6f}".format).to_numpy())


def _swap(first: str, second: str) -> Callable[[Export, Rows, np.random.Generator], None]:
    def soil(export: Export, rows: Rows, rng: np.random.Generator) -> None:
        one = export.text.loc[rows, first].to_numpy(copy=True)
        export.write(rows, first, export.text.loc[rows, second].to_numpy(copy=True))
        export.write(rows, second, one)

    return soil


def _date_only(export: Export, rows: Rows, rng: np.random.Generator) -> None:
    dates = export.style.write_date(export.times.loc[rows, "occurred_from"]).to_numpy()
    export.write(rows, "occurred_from", dates)
    export.write(rows, "occurred_to", dates)


def _unpadded(export: Export, rows: Rows, rng: np.random.Generator) -> None:
    export.rewrite_times(rows, lambda text: text.str.replace(r"(?<!\d)0(\d)(?=[-/T: ])", r"\1",
                                                             n=3, regex=True))  # fmt: skip


def _short_offset(export: Export, rows: Rows, rng: np.random.Generator) -> None:
    export.rewrite_times(
        rows, lambda text: text.str.replace(r"([+-])0(\d:00)$", r"\1\2", regex=True)
    )


def _serial(export: Export, rows: Rows, rng: np.random.Generator) -> None:
    for column in ("occurred_from", "occurred_to"):
        export.write(rows, column, export.style.write_serial(export.times.loc[rows, column]))


def _reported_early(export: Export, rows: Rows, rng: np.random.Generator) -> None:
    early = export.times.loc[rows, "occurred_from"] - pd.Timedelta(days=3)
    export.write(rows, "reported_at", export.style.write(early).to_numpy())


def _has_window(export: Export) -> npt.NDArray[np.bool_]:
    return (export.times["occurred_to"] > export.times["occurred_from"]).to_numpy()


def _can_be_shortened(export: Export) -> npt.NDArray[np.bool_]:
    """Return rows whose time has a leading zero in the date."""
    return export.text["occurred_from"].str.contains(r"(?<!\d)0\d(?=[-/T])", regex=True).to_numpy()


def _has_short_offset(export: Export) -> npt.NDArray[np.bool_]:
    return export.text["occurred_from"].str.contains(r"[+-]0\d:00$", regex=True).to_numpy()


KINDS: tuple[DirtKind, ...] = (
    DirtKind("zero_coordinates", "drop", _put("0", "longitude", "latitude"), 0.004),
    DirtKind("missing_coordinates", "drop", _blank("longitude", "latitude"), 0.006),
    DirtKind("outside_jurisdiction", "drop", _outside),
    DirtKind("missing_id", "drop", _blank("incident_id"), 0.001),
    DirtKind("missing_class", "drop", _blank("class_code"), 0.001),
    DirtKind("unknown_class", "drop", _put("99Z", "class_code")),
    DirtKind("missing_time", "drop", _blank("occurred_from", "occurred_to"), 0.001),
    DirtKind("unparseable_time", "drop", _unreadable, 0.001),
    DirtKind("future_time", "drop", _future, 0.001),
    DirtKind("window_too_long", "drop", _long_window, 0.001),
    DirtKind("unparseable_coordinates", "drop", _put("n/a", "longitude", "latitude"), 0.001),
    DirtKind("id_as_float", "repair", _id_as_float, 0.005),
    DirtKind("short_offset", "repair", _short_offset, 0.01, _has_short_offset, ("offset",)),
    DirtKind("unpadded_time", "repair", _unpadded, 0.01, _can_be_shortened),
    DirtKind("excel_serial_time", "repair", _serial, 0.004),
    DirtKind("date_only", "repair", _date_only, 0.004),
    DirtKind("blank_end", "repair", _blank("occurred_to"), 0.02),
    DirtKind("reversed_window", "repair", _swap("occurred_from", "occurred_to"), 0.002, _has_window),
    DirtKind("swapped_coordinates", "repair", _swap("longitude", "latitude")),
    DirtKind("reported_before_occurrence", "repair", _reported_early),
    DirtKind("blank_report_time", "keep", _blank("reported_at"), 0.01),
)  # fmt: skip


@dataclass
class DirtCount:
    """What was put into one file."""

    kinds: dict[str, dict[str, Any]] = field(default_factory=dict)

    def add(self, name: str, effect: Effect, ids: list[str]) -> None:
        """Record rows of one kind."""
        self.kinds[name] = {"rows": len(ids), "effect": effect, "incident_ids": sorted(ids)[:20]}

    def dropped(self) -> int:
        """Return how many rows an ingest should drop for their dirt."""
        return sum(kind["rows"] for kind in self.kinds.values() if kind["effect"] == "drop")


def soil(export: Export, candidates: npt.NDArray[np.bool_], rng: np.random.Generator) -> DirtCount:
    """Put every kind of dirt into an export, in place; then append repeated rows.

    Parameters
    ----------
    export
        The file; its ``text`` grows by the repeated rows.
    candidates
        Which rows may become dirty: those that an ingest would keep.
    """
    count = DirtCount()
    ids = export.text["incident_id"].copy()
    free = candidates.copy()
    allowed = int(_LARGEST_SHARE * free.sum())
    _clock_changes(export, free, count, rng)
    for kind in KINDS:
        if export.style.kind not in kind.styles or allowed <= 0:
            continue
        fitting = free if kind.needs is None else free & kind.needs(export)
        wanted = max(1, round(kind.share * candidates.sum()))
        rows = _take(rng, fitting, min(wanted, allowed))
        allowed -= rows.size
        free[rows] = False
        kind.soil(export, rows, rng)
        count.add(kind.name, kind.effect, ids[rows].tolist())
    wanted = max(1, round(0.003 * candidates.sum()))
    for name, older in (("repeated_id_older", True), ("repeated_row", False)):
        rows = _take(rng, free, min(wanted, max(allowed, 0)))
        free[rows] = False
        _repeat(export, rows, older=older)
        count.add(name, "drop", ids[rows].tolist())
    return count


def _take(rng: np.random.Generator, fitting: npt.NDArray[np.bool_], wanted: int) -> Rows:
    rows = np.flatnonzero(fitting)
    return np.sort(rng.choice(rows, min(wanted, rows.size), replace=False)).astype(np.int64)


def _repeat(export: Export, rows: Rows, *, older: bool) -> None:
    """Append copies of rows; older versions say otherwise where it happened."""
    copies = export.text.loc[rows].copy()
    times = export.times.loc[rows].copy()
    if older:
        times["last_updated"] = times["last_updated"] - pd.Timedelta(hours=30)
        copies["last_updated"] = export.style.write(times["last_updated"]).to_numpy()
        copies["latitude"] = (copies["latitude"].astype(float) + 0.001).map("{:.6f}".format)
    export.text = pd.concat([export.text, copies], ignore_index=True)
    export.times = pd.concat([export.times, times], ignore_index=True)


def _clock_changes(
    export: Export, free: npt.NDArray[np.bool_], count: DirtCount, rng: np.random.Generator
) -> None:
    """Move a few rows into the hours that clock changes skip or repeat; local times only."""
    if export.style.kind != "us_local":
        return
    dates = export.style.local(export.times["occurred_from"]).dt.normalize()
    for name, texts in export.style.clock_change_texts(dates.min(), dates.max()).items():
        moved: list[str] = []
        for day, text in texts:
            near = free & ((dates - day).abs() <= pd.Timedelta(days=3)).to_numpy()
            rows = _take(rng, near, 3)
            free[rows] = False
            export.write(rows, "occurred_from", text)
            export.write(rows, "occurred_to", text)
            export.write(rows, "reported_at", "")
            moved.extend(export.text.loc[rows, "incident_id"])
        count.add(name, "repair", moved)

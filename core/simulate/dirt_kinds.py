"""Kinds of dirt seen in real exports: what each does to the texts of a row."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from evenbeat.core.simulate.frame import Indices
from evenbeat.core.simulate.texts import TimeStyle

_WINDOW = ("occurred_from", "occurred_to")
Effect = Literal["drop", "repair", "keep"]


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

    def write(self, rows: Indices, column: str, values: Any) -> None:
        """Overwrite texts of some rows."""
        self.text.loc[rows, column] = values

    def rewrite_times(
        self, rows: Indices, change: Callable[[pd.Series[str]], pd.Series[str]]
    ) -> None:
        """Change the texts of both ends of the window of some rows."""
        for column in _WINDOW:
            self.write(rows, column, change(self.text.loc[rows, column]).to_numpy())

    def window_text(self, rows: Indices, days: float) -> tuple[Any, Any]:
        """Return the texts of both ends, moved by some days."""
        moved = self.times.loc[rows] + pd.Timedelta(days=days)
        return (
            self.style.write(moved["occurred_from"]).to_numpy(),
            self.style.write(moved["occurred_to"]).to_numpy(),
        )


Soil = Callable[[Export, Indices, np.random.Generator], None]


@dataclass(frozen=True)
class DirtKind:
    """One kind of dirt: what it does to rows, and what an ingest should do with them."""

    name: str
    effect: Effect
    soil: Soil
    share: float = 0.002
    needs: Callable[[Export], npt.NDArray[np.bool_]] | None = None
    styles: tuple[str, ...] = ("offset", "us_local")


def _blank(*columns: str) -> Soil:
    def soil(export: Export, rows: Indices, rng: np.random.Generator) -> None:
        for column in columns:
            export.write(rows, column, "")

    return soil


def _put(value: str, *columns: str) -> Soil:
    def soil(export: Export, rows: Indices, rng: np.random.Generator) -> None:
        for column in columns:
            export.write(rows, column, value)

    return soil


def _id_as_float(export: Export, rows: Indices, rng: np.random.Generator) -> None:
    export.write(rows, "incident_id", (export.text.loc[rows, "incident_id"] + ".0").to_numpy())


def _unreadable(export: Export, rows: Indices, rng: np.random.Generator) -> None:
    export.write(rows, "occurred_from", rng.choice(["unknown", "31/31/2015 25:61"], rows.size))
    export.write(rows, "occurred_to", "")


def _future(export: Export, rows: Indices, rng: np.random.Generator) -> None:
    begin, end = export.window_text(rows, 365 * 200)
    export.write(rows, "occurred_from", begin)
    export.write(rows, "occurred_to", end)
    export.write(rows, "reported_at", "")


def _long_window(export: Export, rows: Indices, rng: np.random.Generator) -> None:
    export.write(rows, "occurred_from", export.window_text(rows, -60)[0])


def _outside(export: Export, rows: Indices, rng: np.random.Generator) -> None:
    moved = export.text.loc[rows, "longitude"].astype(float) + rng.uniform(1.2, 2.5, rows.size)
    export.write(rows, "longitude", moved.map("{:.6f}".format).to_numpy())


def _swap(first: str, second: str) -> Soil:
    def soil(export: Export, rows: Indices, rng: np.random.Generator) -> None:
        one = export.text.loc[rows, first].to_numpy(copy=True)
        export.write(rows, first, export.text.loc[rows, second].to_numpy(copy=True))
        export.write(rows, second, one)

    return soil


def _date_only(export: Export, rows: Indices, rng: np.random.Generator) -> None:
    dates = export.style.write_date(export.times.loc[rows, "occurred_from"]).to_numpy()
    export.write(rows, "occurred_from", dates)
    export.write(rows, "occurred_to", dates)


def _unpadded(export: Export, rows: Indices, rng: np.random.Generator) -> None:
    def shorten(text: pd.Series[str]) -> pd.Series[str]:
        return text.str[:13].str.replace(r"(?<!\d)0(\d)", r"\1", regex=True) + text.str[13:]

    export.rewrite_times(rows, shorten)


def _short_offset(export: Export, rows: Indices, rng: np.random.Generator) -> None:
    export.rewrite_times(
        rows, lambda text: text.str.replace(r"([+-])0(\d:00)$", r"\1\2", regex=True)
    )


def _serial(export: Export, rows: Indices, rng: np.random.Generator) -> None:
    for column in _WINDOW:
        export.write(rows, column, export.style.write_serial(export.times.loc[rows, column]))


def _reported_early(export: Export, rows: Indices, rng: np.random.Generator) -> None:
    early = export.times.loc[rows, "occurred_from"] - pd.Timedelta(days=3)
    export.write(rows, "reported_at", export.style.write(early).to_numpy())


def _has_window(export: Export) -> npt.NDArray[np.bool_]:
    return (export.times["occurred_to"] > export.times["occurred_from"]).to_numpy()


def _has_clock_time(export: Export) -> npt.NDArray[np.bool_]:
    """Return rows that do not begin at midnight: as a day number, that is a date alone."""
    local = export.style.local(export.times["occurred_from"])
    return (local != local.dt.normalize()).to_numpy()


def _has_leading_zero(export: Export) -> npt.NDArray[np.bool_]:
    return export.text["occurred_from"].str[:13].str.contains(r"(?<!\d)0\d", regex=True).to_numpy()


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
    DirtKind("unpadded_time", "repair", _unpadded, 0.01, _has_leading_zero),
    DirtKind("excel_serial_time", "repair", _serial, 0.004, _has_clock_time),
    DirtKind("date_only", "repair", _date_only, 0.004),
    DirtKind("blank_end", "repair", _blank("occurred_to"), 0.02),
    DirtKind("reversed_window", "repair", _swap(*_WINDOW), 0.002, _has_window),
    DirtKind("swapped_coordinates", "repair", _swap("longitude", "latitude")),
    DirtKind("reported_before_occurrence", "repair", _reported_early),
    DirtKind("blank_report_time", "keep", _blank("reported_at"), 0.01),
)  # fmt: skip

"""Times as texts, in the styles that agencies' exports use."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

_EXCEL_DAY_ZERO = pd.Timestamp("1899-12-30")


@dataclass(frozen=True)
class TimeStyle:
    """One way to write times.

    Parameters
    ----------
    kind
        ``"offset"`` writes ISO 8601 local time with the UTC offset (2017-01-02T15:04:00-06:00);
        ``"us_local"`` writes local time without offset (01/02/2017 15:04).
    timezone
        IANA name.
    """

    kind: Literal["offset", "us_local"]
    timezone: str

    def local(self, times: pd.Series[pd.Timestamp]) -> pd.Series[pd.Timestamp]:
        """Return naive local times."""
        return times.dt.tz_convert(self.timezone).dt.tz_localize(None)

    def write(self, times: pd.Series[pd.Timestamp]) -> pd.Series[str]:
        """Return the texts of aware times."""
        local = self.local(times)
        text = _iso(local)
        if self.kind == "us_local":
            return text.str[5:7] + "/" + text.str[8:10] + "/" + text.str[:4] + " " + text.str[11:16]
        offset = local - times.dt.tz_convert("UTC").dt.tz_localize(None)
        minutes = (offset.dt.total_seconds() // 60).astype("int64")
        return text + minutes.map(_offset_text).astype("str")

    def write_date(self, times: pd.Series[pd.Timestamp]) -> pd.Series[str]:
        """Return the texts of the local dates alone."""
        text = _iso(self.local(times)).str[:10]
        if self.kind == "us_local":
            return text.str[5:7] + "/" + text.str[8:10] + "/" + text.str[:4]
        return text

    def write_serial(self, times: pd.Series[pd.Timestamp]) -> list[str]:
        """Return the local times as a spreadsheet's day numbers."""
        days = (self.local(times) - _EXCEL_DAY_ZERO).dt.total_seconds() / 86_400
        return [f"{day:.6f}" for day in days]

    def repeated(self, times: pd.Series[pd.Timestamp]) -> npt.NDArray[np.bool_]:
        """Return which aware times lie in an hour that a clock change repeats."""
        local = self.local(times)
        unclear = local.dt.tz_localize(self.timezone, ambiguous="NaT", nonexistent="shift_forward")
        return unclear.isna().to_numpy()

    def clock_change_texts(
        self, first: pd.Timestamp, last: pd.Timestamp
    ) -> dict[str, list[tuple[pd.Timestamp, str]]]:
        """Return local times that clock changes skip or repeat, with their naive dates."""
        found: dict[str, list[tuple[pd.Timestamp, str]]] = {
            "nonexistent_local_time": [], "ambiguous_local_time": [],
        }  # fmt: skip
        half_hours = pd.Series(pd.date_range(first, last + pd.Timedelta(days=1), freq="30min"))
        first_time = np.ones(len(half_hours), dtype=bool)
        skipped = half_hours.dt.tz_localize(self.timezone, nonexistent="NaT", ambiguous=first_time)
        repeated = half_hours.dt.tz_localize(
            self.timezone, nonexistent="shift_forward", ambiguous="NaT"
        )
        for name, mapped in (
            ("nonexistent_local_time", skipped),
            ("ambiguous_local_time", repeated),
        ):
            strange = half_hours[mapped.isna() & (half_hours.dt.minute == 30)]
            for moment in strange:
                found[name].append((moment.normalize(), moment.strftime("%m/%d/%Y %H:%M")))
        return found


def iso_utc(times: pd.Series[pd.Timestamp]) -> pd.Series[str]:
    """Return aware times as YYYY-MM-DDTHH:MM:SSZ, missing where a time is unknown."""
    naive = times.dt.tz_convert("UTC").dt.tz_localize(None)
    return (_iso(naive) + "Z").where(times.notna())


def _iso(local: pd.Series[pd.Timestamp]) -> pd.Series[str]:
    """Return naive times as YYYY-MM-DDTHH:MM:SS."""
    text = np.datetime_as_string(local.to_numpy().astype("datetime64[s]"))
    return pd.Series(text, index=local.index).astype("str")


def _offset_text(minutes: int) -> str:
    sign = "-" if minutes < 0 else "+"
    return f"{sign}{abs(minutes) // 60:02d}:{abs(minutes) % 60:02d}"

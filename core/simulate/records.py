"""How true incidents become records: windows, report times, source kinds, arrests, codes."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from evenbeat.core.simulate.conditions import BURN_IN_DAYS, Hours, stamps_of
from evenbeat.core.simulate.frame import Floats, Frame, random_stream
from evenbeat.core.simulate.geography import Geography
from evenbeat.core.simulate.happenings import Happenings
from evenbeat.core.simulate.profiles import PROFILES, CrimeProfile

_LONGEST_WINDOW_S = 21 * 86_400
_LONGEST_LAG_S = 90 * 86_400
_HEAPED_SHARE = 0.15
_KINDS = ("reported", "discovered", "sensor")
PERIODS = ("before", "history", "future")


def record_incidents(
    seed: int, happenings: dict[str, Happenings], *, ground: Geography, hours: Hours, frame: Frame,
    history_days: int,
) -> pd.DataFrame:  # fmt: skip
    """Return the true incidents with everything an agency would write down about them.

    Returns
    -------
    One row an incident, in order of ``happened_at``. ``period`` says whether it fell before, in or
    after the history; ``generation`` is 0 for background incidents.
    """
    parts = [
        _record_type(seed, PROFILES[name], found, hours)
        for name, found in happenings.items()
        if len(found)
    ]
    table = pd.concat(parts, ignore_index=True)
    order = np.lexsort((table["address"], table["crime_type"].cat.codes, table["happened_s"]))
    table = table.iloc[order].reset_index(drop=True)
    cutoff_s = hours.midnights_s[BURN_IN_DAYS + history_days]
    known = table["reported_s"] < cutoff_s
    latest = table["last_updated_s"].clip(upper=cutoff_s - 60)
    table["last_updated_s"] = table["last_updated_s"].where(~known, latest)
    ids = 2_000_000_000 + np.arange(1, len(table) + 1) * 3
    table.insert(0, "incident_id", pd.Series(ids).astype("str"))
    address = table["address"].to_numpy()
    easting, northing = frame.to_crs(ground.addresses.east_m, ground.addresses.north_m)
    table["easting"], table["northing"] = easting[address], northing[address]
    for name in ("happened", "occurred_from", "occurred_to", "reported", "last_updated"):
        column = name if name.startswith(("occurred", "last")) else f"{name}_at"
        table[column] = stamps_of(table.pop(f"{name}_s").to_numpy())
    edges = [BURN_IN_DAYS, BURN_IN_DAYS + history_days]
    period = np.digitize(table["day"].to_numpy(), edges)
    table["period"] = pd.Categorical.from_codes(period.tolist(), pd.Index(PERIODS))
    return table


def _record_type(seed: int, profile: CrimeProfile, found: Happenings, hours: Hours) -> pd.DataFrame:
    """Return the records of one crime type, times in UTC seconds."""
    rng = random_stream(seed, f"records {profile.crime_type}")
    count = len(found)
    happened = hours.starts_s[found.hour] + found.second
    begin, end = _windows(rng, profile, happened)
    lag = rng.lognormal(np.log(profile.report_median_minutes), profile.report_spread, count)
    reported = np.maximum(end, happened) + np.minimum(lag * 60, _LONGEST_LAG_S).astype(np.int64)
    reported = -(-reported // 60) * 60
    discovered = rng.random(count) < profile.discovered_share
    kind = np.where(discovered, 1, 0)
    if profile.crime_type == "gunfire":
        kind = np.full(count, 2)
    nibrs = np.asarray(profile.nibrs, dtype=object)[_first_most(rng, len(profile.nibrs), count)]
    both = (rng.random(count) < 0.05) & (profile.second_code != "")
    nibrs = np.where(both, nibrs + "|" + profile.second_code, nibrs)
    return pd.DataFrame(
        {
            "crime_type": pd.Categorical([profile.crime_type] * count, categories=list(PROFILES)),
            "modelled": profile.modelled,
            "address": found.address,
            "day": hours.day[found.hour],
            "generation": found.generation,
            "happened_s": happened,
            "occurred_from_s": begin,
            "occurred_to_s": end,
            "reported_s": reported,
            "last_updated_s": reported + rng.integers(60, 28_800, count) * 60,
            "source_kind": pd.Categorical.from_codes(kind.tolist(), pd.Index(_KINDS)),
            "arrest": rng.random(count) < profile.arrest_share,
            "nibrs": pd.Categorical(nibrs),
            "ucr": pd.Categorical(_ucr(rng, profile, count)),
        }
    ).astype({"nibrs": "str", "ucr": "str"})  # fmt: skip


def _first_most(rng: np.random.Generator, n_codes: int, count: int) -> npt.NDArray[np.int64]:
    """Return indices of codes, the first one about half of the time."""
    return np.where(rng.random(count) < 0.5, 0, rng.integers(0, n_codes, count))


def _ucr(rng: np.random.Generator, profile: CrimeProfile, count: int) -> npt.NDArray[np.object_]:
    """Return FBI codes; assault and battery share theirs at random."""
    code = np.full(count, profile.ucr, dtype=object)
    if profile.ucr.endswith("A") and profile.ucr != "01A":
        code[rng.random(count) < 0.5] = profile.ucr[:-1] + "B"
    return code


def _windows(
    rng: np.random.Generator, profile: CrimeProfile, happened: npt.NDArray[np.int64]
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Return occurred-from and occurred-to around the true times, in UTC seconds."""
    count = happened.size
    exact = happened // 60 * 60
    heaped = (rng.random(count) < _HEAPED_SHARE) & (profile.crime_type != "gunfire")
    exact = np.where(heaped, happened // 3600 * 3600, exact)
    length: Floats = rng.lognormal(np.log(profile.window_median_hours * 3600), 0.9, count)
    length = np.clip(length, 900, _LONGEST_WINDOW_S)
    before = rng.random(count) * length
    windowed = rng.random(count) < profile.window_share
    begin = np.where(windowed, (happened - before) // 300 * 300, exact).astype(np.int64)
    end = np.where(windowed, -((before - length - happened) // 300) * 300, exact).astype(np.int64)
    return begin, end

"""The vehicle locations of a simulated agency as a file, with the dirt of real devices."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from evenbeat.core.simulate.frame import Indices, random_stream
from evenbeat.core.simulate.texts import iso_utc

if TYPE_CHECKING:
    from evenbeat.core.simulate.city import City

_LARGEST_CSV_PINGS = 600_000
_LOST_FIXES = 10
# kind: (share of the fixes, what a reader should do)
_KINDS = {
    "lost_signal": (0.004, "gap"), "duplicate": (0.002, "drop"),
    "zero_coordinates": (0.001, "drop"), "inaccurate": (0.004, "drop"), "jump": (0.0005, "drop"),
}  # fmt: skip


def write_pings(city: City, folder: Path, *, dirt: bool) -> tuple[Path, dict[str, Any]]:
    """Write vehicle locations to the end of the history: zipped text, or Parquet if many.

    Returns
    -------
    The file, and how many fixes it holds of each kind of dirt.
    """
    fleet = city.fleet
    n_fixes = int((fleet.end_s - fleet.start_s).sum()) // fleet.ping_seconds
    facts: dict[str, Any] = {"rows": 0, "rows_before_dirt": 0, "dirt": {}}
    batches = _batches(city, facts, dirt=dirt)
    if n_fixes > _LARGEST_CSV_PINGS:
        path = folder / "avl_pings.parquet"
        _write_parquet(batches, path)
        return path, facts
    path = folder / "avl_pings.csv.gz"
    table = pd.concat(list(batches), ignore_index=True)
    table["time"] = iso_utc(table["time"])
    text = table.to_csv(index=False, lineterminator="\n").encode()
    path.write_bytes(gzip.compress(text, compresslevel=6, mtime=0))
    return path, facts


def _write_parquet(batches: Iterator[pd.DataFrame], path: Path) -> None:
    """Write batches as row groups of one file."""
    first = pa.Table.from_pandas(next(batches), preserve_index=False)
    with pq.ParquetWriter(path, first.schema) as writer:
        writer.write_table(first)
        for batch in batches:
            writer.write_table(pa.Table.from_pandas(batch, schema=first.schema))


def _batches(city: City, facts: dict[str, Any], *, dirt: bool) -> Iterator[pd.DataFrame]:
    """Yield the fixes of one shift after the other as the file holds them, and count them."""
    rng = random_stream(city.seed, "dirt pings")
    for batch in city.fleet.ping_batches(city.frame):
        pings = batch[batch["time"] < city.cutoff].reset_index(drop=True)
        longitude, latitude = city.frame.to_degrees(pings.pop("easting"), pings.pop("northing"))
        pings.insert(2, "longitude", longitude.round(6))
        pings.insert(3, "latitude", latitude.round(6))
        facts["rows_before_dirt"] += len(pings)
        if dirt and len(pings):
            pings, kinds = _soil(pings, rng)
            for name, entry in kinds.items():
                known = facts["dirt"].setdefault(name, {**entry, "rows": 0})
                known["rows"] += entry["rows"]
        facts["rows"] += len(pings)
        yield pings


def _soil(
    pings: pd.DataFrame, rng: np.random.Generator
) -> tuple[pd.DataFrame, dict[str, dict[str, Any]]]:
    """Return pings with lost, repeated, misplaced and inaccurate fixes, and their numbers."""
    order = rng.permutation(len(pings))
    sizes = [max(1, round(share * len(pings))) for share, _ in _KINDS.values()]
    parts = np.split(order, np.cumsum(sizes))[: len(sizes)]
    rows = dict(zip(_KINDS, parts, strict=True))
    copies = np.ones(len(pings), dtype=np.int64)
    copies[rows["duplicate"]] = 2
    copies[_lost(pings, rows["lost_signal"])] = 0
    longitude, latitude = (
        pings["longitude"].to_numpy(copy=True),
        pings["latitude"].to_numpy(copy=True),
    )
    accuracy = pings["accuracy_m"].to_numpy(copy=True)
    longitude[rows["jump"]] += rng.uniform(0.05, 0.2, rows["jump"].size)
    longitude[rows["zero_coordinates"]] = latitude[rows["zero_coordinates"]] = 0.0
    accuracy[rows["inaccurate"]] = rng.uniform(60, 400, rows["inaccurate"].size).round(1)
    soiled = pings.assign(longitude=longitude.round(6), latitude=latitude, accuracy_m=accuracy)
    counts = {name: int((copies[part] > 0).sum()) for name, part in rows.items()}
    counts["lost_signal"] = int((copies == 0).sum())
    kinds = {name: {"rows": counts[name], "effect": effect} for name, (_, effect) in _KINDS.items()}
    return soiled.iloc[np.repeat(np.arange(len(pings)), copies)].reset_index(drop=True), kinds


def _lost(pings: pd.DataFrame, chosen: Indices) -> Indices:
    """Return rows of ten fixes in a row of one unit, from every tenth chosen row on."""
    codes = pings["unit_id"].astype("category").cat.codes.to_numpy()
    order = np.argsort(codes, kind="stable")
    place = np.empty(len(pings), dtype=np.int64)
    place[order] = np.arange(len(pings))
    run = (place[chosen[::_LOST_FIXES]][:, None] + np.arange(_LOST_FIXES)).ravel()
    lost: Indices = order[run[run < len(pings)]]
    return lost

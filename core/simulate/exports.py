"""The incident files of a simulated agency: a records system, its predecessor, and a sensor."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from evenbeat.core.simulate.dirt import DirtCount, soil
from evenbeat.core.simulate.dirt_kinds import Export
from evenbeat.core.simulate.frame import random_stream
from evenbeat.core.simulate.tables import (
    DATASOURCE,
    LEGACY_DATASOURCE,
    SENSOR_DATASOURCE,
    export_of,
    street_names,
)
from evenbeat.core.simulate.texts import TimeStyle, iso_utc

if TYPE_CHECKING:
    from pathlib import Path

    from evenbeat.core.simulate.city import City

_ROWS_AT_ONCE = 200_000
_TIMES = ("occurred_from", "occurred_to", "reported_at", "last_updated")
_HUNCHLAB = {
    "datasource": "source", "id": "incident_id", "class": "class_code",
    "datetimefrom": "occurred_from", "datetimeto": "occurred_to", "report_time": "reported_at",
    "pointx": "longitude", "pointy": "latitude", "address": "address",
    "last_updated": "last_updated", "arrest": "arrest", "how_reported": "how_reported",
    "victim_age": "victim_age", "reporting_officer": "reporting_officer",
}  # fmt: skip
_LEGACY = {
    "Case No": "incident_id", "UCR": "class_code", "Occurred From": "occurred_from",
    "Occurred To": "occurred_to", "Reported": "reported_at", "Longitude": "longitude",
    "Latitude": "latitude", "Block": "address", "Updated": "last_updated", "Arrest": "arrest",
    "How Reported": "how_reported", "Suspect Name": "suspect_name",
}  # fmt: skip


@dataclass(frozen=True)
class FileStyle:
    """How one incident file is written."""

    name: str
    columns: dict[str, str]
    time_kind: str
    separator: str
    line_end: str
    encoding: str
    codes: str
    person_columns: tuple[str, ...]


_PERSONS = ("victim_age", "reporting_officer")
STYLES = {
    "main": FileStyle("incidents.csv", _HUNCHLAB, "offset", ",", "\n", "utf-8", "nibrs", _PERSONS),
    "month": FileStyle(
        "incidents_month.csv", _HUNCHLAB, "offset", ",", "\r", "utf-8", "nibrs", _PERSONS
    ),
    "legacy": FileStyle(
        "incidents_legacy.csv",
        _LEGACY,
        "us_local",
        ";",
        "\r\n",
        "utf-8-sig",
        "ucr",
        ("Suspect Name",),
    ),
}


def write_incident_files(city: City, folder: Path, *, dirt: bool) -> dict[str, dict[str, Any]]:
    """Write the three incident files.

    Returns
    -------
    File name to what is in it: rows, refused rows by type, dirt by kind, rows to keep.
    """
    true = city.incidents
    shown = (true["period"] == "history") & (true["source_kind"] != "sensor")
    shown &= true["reported_at"] < city.cutoff
    rows = true[shown].sort_values(["reported_at", "incident_id"])
    which = export_of(city, rows["day"].to_numpy())
    return {
        style.name: _write_file(city, rows[which == part], style, folder / style.name, dirt=dirt)
        for part, style in STYLES.items()
    }


def _write_file(
    city: City, rows: pd.DataFrame, style: FileStyle, path: Path, *, dirt: bool
) -> dict[str, Any]:
    """Write one file part by part, so that ten years of a large city fit into memory."""
    rng = random_stream(city.seed, f"dirt {style.name}")
    people = random_stream(city.seed, f"persons {style.name}")
    blocks = block_addresses(city)
    count, written = DirtCount(), 0
    for begin in range(0, max(len(rows), 1), _ROWS_AT_ONCE):
        part = rows.iloc[begin : begin + _ROWS_AT_ONCE]
        export = _export(city, part, style, blocks, people)
        if dirt and part["modelled"].any():
            soil(export, part["modelled"].to_numpy(copy=True), rng, count)
        table = export.text[list(style.columns.values())]
        table.columns = pd.Index(list(style.columns))
        table.to_csv(
            path, index=False, sep=style.separator, lineterminator=style.line_end,
            encoding="utf-8" if begin else style.encoding, mode="a" if begin else "w",
            header=not begin,
        )  # fmt: skip
        written += len(table)
    modelled = rows["modelled"].to_numpy()
    refused = rows.loc[~modelled, "crime_type"].astype("str").value_counts().sort_index()
    return {
        "rows": written,
        "refused": {str(name): int(number) for name, number in refused.items()},
        "dirt": count.kinds,
        "rows_to_keep": written - int((~modelled).sum()) - count.dropped(),
        "person_columns": list(style.person_columns),
    }


def _export(
    city: City, rows: pd.DataFrame, style: FileStyle, blocks: npt.NDArray[np.object_],
    rng: np.random.Generator,
) -> Export:  # fmt: skip
    """Return the clean texts of a part of a file."""
    times = rows[list(_TIMES)].reset_index(drop=True)
    writer = TimeStyle("offset" if style.time_kind == "offset" else "us_local", city.timezone)
    longitude, latitude = city.frame.to_degrees(rows["easting"], rows["northing"])
    arrest = rows["arrest"].to_numpy()
    text = pd.DataFrame(
        {
            "source": DATASOURCE if style.codes == "nibrs" else LEGACY_DATASOURCE,
            "incident_id": rows["incident_id"].to_numpy(),
            "class_code": rows[style.codes].to_numpy(),
            "longitude": _coordinates(longitude),
            "latitude": _coordinates(latitude),
            "address": blocks[rows["address"].to_numpy()],
            "arrest": np.where(arrest, "Y", "N"),
            "how_reported": rows["source_kind"].astype("str").to_numpy(),
            "victim_age": rng.integers(16, 85, len(rows)).astype("str"),
            "reporting_officer": rng.integers(1000, 1400, len(rows)).astype("str"),
            "suspect_name": np.where(arrest, "on file", ""),
        },
        dtype="str",
    )
    for column in _TIMES:
        text[column] = writer.write(times[column])
    return Export(text, times, writer)


def _coordinates(values: npt.ArrayLike) -> npt.NDArray[np.str_]:
    return np.char.mod("%.6f", np.asarray(values, float))


def block_addresses(city: City) -> npt.NDArray[np.object_]:
    """Return the block of each address, such as ``1200 block of Oak Ave``."""
    address, streets = city.ground.addresses, city.ground.streets
    run = np.abs(streets.end - streets.start)[address.segment]
    along = np.where(run[:, 1] > run[:, 0], address.north_m, address.east_m)
    hundred = (np.abs(along) // 100).astype(np.int64) * 100
    names = street_names(streets)[address.segment]
    block = pd.Series(hundred).astype("str") + " block of " + pd.Series(names).astype("str")
    return block.to_numpy(dtype=object)


def write_gunfire_file(city: City, path: Path, *, dirt: bool) -> dict[str, Any]:
    """Write the alerts of the acoustic sensor in UTC; a few have no place or come twice."""
    true = city.incidents
    shown = (true["period"] == "history") & (true["source_kind"] == "sensor")
    rows = true[shown & (true["reported_at"] < city.cutoff)].reset_index(drop=True)
    longitude, latitude = city.frame.to_degrees(rows["easting"], rows["northing"])
    rng = random_stream(city.seed, "gunfire file")
    table = pd.DataFrame(
        {
            "alert_id": rows["incident_id"],
            "detected_at": iso_utc(rows["occurred_from"]),
            "alerted_at": iso_utc(rows["reported_at"]),
            "reviewed_at": iso_utc(rows["last_updated"]),
            "latitude": _coordinates(latitude),
            "longitude": _coordinates(longitude),
            "rounds": rng.integers(1, 12, len(rows)),
        }
    )
    count = DirtCount()
    if dirt and len(table) >= 8:
        chosen = rng.permutation(len(table))[: 2 * max(1, len(table) // 200)]
        lost, twice = np.sort(chosen[::2]), np.sort(chosen[1::2])
        table.loc[lost, ["latitude", "longitude"]] = "0.0"
        table = pd.concat([table, table.loc[twice]], ignore_index=True)
        count.add("zero_coordinates", "drop", rows["incident_id"][lost].tolist())
        count.add("repeated_row", "drop", rows["incident_id"][twice].tolist())
    table.to_csv(path, index=False, lineterminator="\n")
    return {
        "rows": len(table), "refused": {}, "dirt": count.kinds, "source": SENSOR_DATASOURCE,
        "rows_to_keep": len(table) - count.dropped(),
    }  # fmt: skip

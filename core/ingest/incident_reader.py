"""Incidents out of a raw table, with an account of every row that did not make it."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pandas as pd
from shapely.geometry.base import BaseGeometry

from evenbeat.core.config import IngestSettings, SourceSettings
from evenbeat.core.ingest.classes import ClassColumns, read_classes
from evenbeat.core.ingest.columns import ColumnPlan, plan_columns
from evenbeat.core.ingest.formats import RawTable
from evenbeat.core.ingest.identifiers import make_identifiers, newest_versions, read_identifiers
from evenbeat.core.ingest.locations import Jurisdiction, read_locations
from evenbeat.core.ingest.schema import conform
from evenbeat.core.ingest.sieve import Sieve
from evenbeat.core.ingest.source_names import require_source_names
from evenbeat.core.ingest.tally import IngestReport
from evenbeat.core.ingest.times import Instants
from evenbeat.core.ingest.windows import Windows, read_versions, read_windows
from evenbeat.core.policy.class_codes import words_of
from evenbeat.core.policy.columns import GEOCODE_QUALITIES
from evenbeat.core.policy.crime_types import CrimeTypeTable
from evenbeat.core.policy.source_kinds import source_kind_of, source_weight
from evenbeat.core.policy.susceptibility import SusceptibilityGate
from evenbeat.core.progress import Progress, silent

Weights = npt.NDArray[np.float32]


def read_incidents(
    raw: RawTable,
    *,
    source: SourceSettings,
    settings: IngestSettings,
    timezone: str,
    crs: str,
    boundary: BaseGeometry | None,
    crime_types: CrimeTypeTable,
    now: dt.datetime | None = None,
    progress: Progress = silent,
) -> tuple[pd.DataFrame, IngestReport]:
    """Turn a raw table into incidents.

    Every row is kept, or dropped for one reason that is counted with examples; what is mended is
    counted too. Only the policy's columns are read; arrest and officer-initiated flags are counted
    by class for the susceptibility gate and then dropped.

    Parameters
    ----------
    raw
        The table as its file holds it.
    source
        Column mapping, formats and constants of the source.
    settings
        Tolerances.
    timezone
        IANA zone of times without an offset.
    crs
        Projected CRS of the workspace, in which positions are returned.
    boundary
        The jurisdiction in ``crs``; None keeps positions anywhere.
    crime_types
        What class codes mean.
    now
        Moment of the ingest; what happened later is dropped.
    progress
        Told of the steps.

    Returns
    -------
    The incidents, see `evenbeat.core.ingest.schema.INCIDENT_DTYPES`, and the report.

    Raises
    ------
    InputError
        A column without which there is no incident is missing, or the CRS cannot be told.
        The column of sources holds what names no data source.
    PolicyError
        The settings ask for a column that is never read.
    """
    raw = _numbered(raw)
    report = _start_report(raw, source)
    plan = plan_columns(raw, source)
    report.columns = dict(plan.columns)
    report.dropped_columns = list(plan.dropped)
    sieve = Sieve(len(raw.rows), report, first_row=2 if raw.format in ("", "csv") else 1)
    progress(f"{raw.name}: identifiers", 0.0)
    versions = read_versions(raw, plan, source=source, timezone=timezone, sieve=sieve)
    sources, identifiers = _identify(raw, plan, source, versions, sieve, report)
    traceable = sieve.alive.copy()
    progress(f"{raw.name}: classes", 0.2)
    kinds = _source_kinds(raw, plan, source, sieve)
    classes = read_classes(
        raw, plan, source=source, kinds=kinds, crime_types=crime_types,
        sieve=sieve, report=report,
    )  # fmt: skip
    kinds[classes.officer_initiated] = "discovered"
    columns = pd.DataFrame(
        {
            "source": sources, "incident_id": identifiers, "crime_type": classes.crime_type,
            "class_code": classes.class_code, "source_kind": kinds,
            "geocode_quality": _geocode_qualities(raw, plan, sieve),
        }
    )  # fmt: skip
    kept = sieve.narrow()
    rows, columns, late = _rows(raw, kept), columns[kept], versions[kept]
    progress(f"{raw.name}: times", 0.4)
    windows = read_windows(
        rows, plan, late, source=source, settings=settings, timezone=timezone, now=now,
        sieve=sieve, report=report,
    )  # fmt: skip
    progress(f"{raw.name}: places", 0.7)
    jurisdiction = Jurisdiction(boundary, crs, settings.boundary_tolerance_m)
    easting, northing = read_locations(rows, plan, source, jurisdiction, sieve)
    columns = columns.assign(easting=easting, northing=northing)
    incidents = _assemble(columns, windows, late, classes, sieve)
    report.rows_kept = sieve.finish()
    if source.role != "gunfire" and len(incidents) and incidents["reported_at"].isna().all():
        report.note(
            "No report times are known, so an incident counts as known when it is over plus"
            " model.reporting_lag_days. Set that to the days that reports usually take, or the"
            " models learn from what was not yet known."
        )
    if plan.has("incident_id"):
        report.withdrawn = _withdrawn(sources, identifiers, versions, traceable & ~sieve.alive)
    report.check_balance()
    progress(f"{raw.name}: {report.rows_kept:,} incidents", 1.0)
    return incidents, report


def _numbered(raw: RawTable) -> RawTable:
    """Return the raw table with rows numbered from 0, as the rest takes them to be."""
    if isinstance(raw.rows.index, pd.RangeIndex) and raw.rows.index.equals(
        pd.RangeIndex(len(raw.rows))
    ):
        return raw
    geometry = None if raw.geometry is None else raw.geometry.reset_index(drop=True)
    return replace(raw, rows=raw.rows.reset_index(drop=True), geometry=geometry)


def _start_report(raw: RawTable, source: SourceSettings) -> IngestReport:
    report = IngestReport(name=raw.name, role=source.role)
    report.rows_in = len(raw.rows) + raw.lines_skipped
    report.drop("unsplittable_line", raw.lines_skipped, tuple(raw.skipped_examples))
    for reason, count in raw.repairs.items():
        report.repair(reason, count)
    for remark in raw.notes:
        report.note(remark)
    return report


def _identify(
    raw: RawTable, plan: ColumnPlan, source: SourceSettings, versions: Instants, sieve: Sieve,
    report: IngestReport,
) -> tuple[pd.Series, pd.Series]:  # fmt: skip
    """Return source and identifier of each row; all but the newest version of a row are dropped."""
    name = plan.constants.get("source") or plan.preset.source or source.role
    require_source_names(pd.Series([name]), raw.name)
    sources = pd.Series(name, index=raw.rows.index, dtype="str")
    if plan.has("source"):
        given = plan.values(raw, "source").astype("str").str.strip()
        require_source_names(given, raw.name)
        sources = given.where(given.notna() & (given != ""), name)
    if plan.has("incident_id"):
        identifiers = read_identifiers(plan.values(raw, "incident_id"), sieve)
    else:
        identifiers = make_identifiers(_content(raw, plan))
        report.note(
            "The file has no identifiers, so they were made of each row's content; a corrected row"
            " will count as a new one. Map incident_id if there is a column for it."
        )
    alive = np.flatnonzero(sieve.alive)
    newest = newest_versions(sources.iloc[alive], identifiers.iloc[alive], versions[alive])
    repeated = np.zeros(len(raw.rows), bool)
    repeated[alive[~newest]] = True
    sieve.drop("repeated_id", repeated, identifiers)
    return sources, identifiers


def _content(raw: RawTable, plan: ColumnPlan) -> list[pd.Series]:
    columns = [
        plan.values(raw, ours) for ours in plan.columns if ours not in ("arrest", "last_updated")
    ]
    if raw.geometry is not None:
        columns.append(pd.Series(raw.geometry.to_wkt(), index=raw.rows.index))
    return columns


def _source_kinds(
    raw: RawTable, plan: ColumnPlan, source: SourceSettings, sieve: Sieve
) -> npt.NDArray[np.object_]:
    """Return the source kind of each row, from the source's settings where no column says it."""
    settled = "sensor" if source.role == "gunfire" else source.source_kind
    constant = source_kind_of(plan.constants.get("source_kind", ""))
    kinds = np.full(len(raw.rows), constant or settled, dtype=object)
    if not plan.has("source_kind"):
        return kinds
    values = plan.values(raw, "source_kind")
    codes, texts = pd.factorize(values)
    known = [source_kind_of(str(text)) for text in texts]
    given = np.array([*known, None], dtype=object)[codes]
    says = np.array([kind is not None for kind in given], dtype=np.bool_)
    kinds[says] = given[says]
    filled = values.notna() & (values.astype("str").str.strip() != "")
    sieve.repair("unknown_source_kind", ~says & filled.to_numpy(bool), values)
    return kinds


def _geocode_qualities(
    raw: RawTable, plan: ColumnPlan, sieve: Sieve
) -> npt.NDArray[np.object_] | str:
    if not plan.has("geocode_quality"):
        constant = words_of(plan.constants.get("geocode_quality", "unknown"))
        return constant if constant in GEOCODE_QUALITIES else "unknown"
    values = plan.values(raw, "geocode_quality")
    codes, texts = pd.factorize(values)
    words = [words_of(str(text)) for text in texts]
    listed = [word if word in GEOCODE_QUALITIES else "unknown" for word in words]
    odd = np.array([*(word not in ("", *GEOCODE_QUALITIES) for word in words), False])
    sieve.repair("unknown_geocode_quality", odd[codes], values)
    return np.array([*listed, "unknown"], dtype=object)[codes]


def _rows(raw: RawTable, kept: npt.NDArray[np.bool_]) -> RawTable:
    """Return the raw table with some of its rows."""
    geometry = raw.geometry[kept] if raw.geometry is not None else None
    return RawTable(raw.rows[kept], geometry, raw.crs, raw.name, raw.location, raw.format)


def _assemble(
    columns: pd.DataFrame, windows: Windows, last_updated: Instants, classes: ClassColumns,
    sieve: Sieve,
) -> pd.DataFrame:  # fmt: skip
    """Return the table of the rows that are still in."""
    kept = sieve.narrow()
    table = columns[kept].copy()
    times = {
        "occurred_from": windows.occurred_from, "occurred_to": windows.occurred_to,
        "reported_at": windows.reported_at, "last_updated": last_updated,
    }  # fmt: skip
    for name, instants in times.items():
        table[name] = pd.DatetimeIndex(instants[kept]).tz_localize("UTC")
    table["weight"] = training_weights(table, classes.gate)
    return conform(table)


def training_weights(incidents: pd.DataFrame, gate: SusceptibilityGate) -> Weights:
    """Return training weights: by source kind, and 0 for types and codes that the gate refuses.

    Parameters
    ----------
    incidents
        Rows with ``source_kind``, ``crime_type`` and ``class_code``.
    gate
        Flagged rows by class and code; counts of several files are added with
        `SusceptibilityGate.plus`.

    Raises
    ------
    PolicyError
        A source kind is none of the known ones.
    """
    by_kind = {kind: source_weight(kind) for kind in incidents["source_kind"].unique()}
    weights = incidents["source_kind"].map(by_kind).to_numpy(np.float32, copy=True)
    if gate.refused or gate.refused_codes:
        pairs = incidents["crime_type"].astype("str") + " " + incidents["class_code"].astype("str")
        positions, distinct = pd.factorize(pairs)
        trains = [gate.may_train(*str(pair).split(" ", 1)) for pair in distinct]
        weights[~np.array(trains, bool)[positions]] = 0.0
    return weights


def _withdrawn(
    sources: pd.Series, identifiers: pd.Series, versions: Instants, where: npt.NDArray[np.bool_]
) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "source": sources[where].to_numpy(),
            "incident_id": identifiers[where].to_numpy(),
            "last_updated": pd.DatetimeIndex(versions[where]).tz_localize("UTC"),
        }
    ).astype({"source": "str", "incident_id": "str"})

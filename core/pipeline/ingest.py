"""Ingest: raw exports become the workspace's tables; what is dropped is counted and logged."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from evenbeat.core.config import SourceSettings
from evenbeat.core.errors import ConfigError, InputError
from evenbeat.core.ingest.formats import read_table
from evenbeat.core.ingest.incidents import (
    describe_understanding,
    read_incidents,
    upsert_incidents,
)
from evenbeat.core.ingest.layers import (
    read_boundary,
    read_districts,
    read_events,
    read_places,
    read_weather,
)
from evenbeat.core.ingest.report import render_report
from evenbeat.core.pipeline.context import Context, code_version
from evenbeat.core.policy.crime_types import CrimeTypeTable
from evenbeat.core.store.files import fingerprint, read_json, sha256_file, write_json

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

    from evenbeat.core.ingest.tally import IngestReport

_ORDER = ("districts", "boundary", "places", "events", "weather", "gunfire", "incidents")
_STATE = "ingest.json"


@dataclass(frozen=True)
class SourceFile:
    """One file or address of one source, with the fingerprint of its bytes."""

    source: SourceSettings
    location: str
    digest: str | None
    overrides: dict[str, str]

    @property
    def name(self) -> str:
        """Return a short name for people."""
        return self.location if "://" in self.location else Path(self.location).name

    def state_key(self) -> str:
        """Return what must be unchanged for the file to be skipped."""
        return fingerprint(
            [self.source.model_dump(mode="json"), self.digest, self.overrides, code_version()]
        )


@dataclass
class IngestOutcome:
    """What one ingest did."""

    reports: list[dict[str, Any]] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    skipped: list[str] = field(default_factory=list)
    changed_tables: list[str] = field(default_factory=list)
    upserts: dict[str, int] = field(default_factory=dict)
    rows: dict[str, int] = field(default_factory=dict)


def run_ingest(context: Context, *, force: bool = False) -> IngestOutcome:
    """Read every source of ``evenbeat.toml`` that changed since it was last read.

    Parameters
    ----------
    force
        Read unchanged sources again.

    Raises
    ------
    ConfigError
        No source is configured.
    InputError
        A source matches no file, or cannot be read.
    """
    with context.workspace.writing():
        files = _source_files(context)
        state = read_json(context.workspace.root / "data" / _STATE) or {}
        outcome = IngestOutcome()
        for index, role in enumerate(_ORDER):
            of_role = [item for item in files if item.source.role == role]
            context.progress(f"reading {role}", index / len(_ORDER))
            seen = {item.location: item.state_key() for item in of_role}
            if of_role and not force and state.get(role) == seen:
                outcome.skipped += [item.name for item in of_role]
                continue
            if not of_role:
                continue
            if role in ("incidents", "gunfire"):
                known = {} if force else state.get(role, {})
                _ingest_incidents(context, of_role, known, outcome)
            else:
                _ingest_layer(context, role, of_role, outcome)
            state[role] = seen
            write_json(context.workspace.root / "data" / _STATE, state)
        context.progress("done", 1.0)
    return outcome


def preview_ingest(context: Context) -> list[dict[str, Any]]:
    """Tell how each source would be understood; nothing is stored.

    Raises
    ------
    ConfigError, InputError
        As for `run_ingest`.
    """
    understood = []
    for item in _source_files(context):
        raw = read_table(item.location, progress=context.progress)
        entry: dict[str, Any] = {"file": item.name, "role": item.source.role, "rows": len(raw.rows)}
        if item.source.role in ("incidents", "gunfire"):
            entry["understood"] = describe_understanding(
                raw,
                source=item.source,
                settings=context.workspace.settings.ingest,
                timezone=context.workspace.settings.agency.timezone,
                crime_types=crime_type_table(context),
            )
        else:
            entry["columns"] = [str(name) for name in raw.rows.columns]
            entry["crs"] = raw.crs
        understood.append(entry)
    return understood


def crime_type_table(context: Context) -> CrimeTypeTable:
    """Return the crime-type table with the agency's own rows, where it has any."""
    return CrimeTypeTable.load(context.workspace.override("crime_types.csv"))


def _source_files(context: Context) -> list[SourceFile]:
    """Resolve every source to its files, in a stable order."""
    root, sources = context.workspace.root, context.workspace.settings.sources
    if not sources:
        raise ConfigError(
            "evenbeat.toml names no source. Add one, for example:\n"
            '  [[sources]]\n  role = "incidents"\n  path = "exports/*.csv"'
        )
    overrides = context.workspace.override_versions()
    found: list[SourceFile] = []
    for source in sources:
        if "://" in source.path:
            found.append(SourceFile(source, source.path, None, overrides))
            continue
        pattern = root / Path(source.path).expanduser()
        matches = sorted(Path(pattern.anchor).glob(str(pattern.relative_to(pattern.anchor))))
        if not matches:
            raise InputError(
                f"The source {source.role!r} matches no file: {pattern}. "
                "Paths in evenbeat.toml are relative to the workspace."
            )
        found += [SourceFile(source, str(path), sha256_file(path), overrides) for path in matches]
    return found


def _boundary(context: Context) -> BaseGeometry:
    """Return the jurisdiction as one geometry in the workspace's CRS."""
    boundary = context.workspace.read_optional("boundary")
    areas = context.workspace.districts() if boundary is None else boundary
    return areas.geometry.union_all()


def _ingest_incidents(
    context: Context, files: list[SourceFile], known: dict[str, str], outcome: IngestOutcome
) -> None:
    workspace = context.workspace
    table = workspace.table("incidents")
    stored = table.read() if table.exists else None
    boundary, crime_types = _boundary(context), crime_type_table(context)
    for item in files:
        if known.get(item.location) == item.state_key() and item.digest is not None:
            outcome.skipped.append(item.name)
            continue
        raw = read_table(item.location, progress=context.progress)
        incoming, report = read_incidents(
            raw, source=item.source, settings=workspace.settings.ingest,
            timezone=workspace.settings.agency.timezone, crs=workspace.crs, boundary=boundary,
            crime_types=crime_types, progress=context.progress,
        )  # fmt: skip
        stored, counts = upsert_incidents(stored, incoming)
        _add_counts(outcome.upserts, vars(counts) if hasattr(counts, "__dict__") else counts)
        _record(context, item, report, outcome)
    if stored is not None:
        _store(context, "incidents", stored, outcome)


def _add_counts(total: dict[str, int], counts: Any) -> None:
    pairs = counts.items() if isinstance(counts, dict) else counts._asdict().items()
    for name, value in pairs:
        total[name] = total.get(name, 0) + int(value)


def _ingest_layer(
    context: Context, role: str, files: list[SourceFile], outcome: IngestOutcome
) -> None:
    parts = []
    for item in files:
        raw = read_table(item.location, progress=context.progress)
        table, report = _layer_reader(context, role)(raw, item.source)
        if role in ("districts", "boundary"):
            context.workspace.fix_crs(table.crs.to_string())
        parts.append(table)
        _record(context, item, report, outcome)
    _store(context, role, _concatenate(parts), outcome)


def _layer_reader(
    context: Context, role: str
) -> Callable[[Any, SourceSettings], tuple[Any, IngestReport]]:
    """Return the reader of a layer, bound to what it needs of the workspace."""
    workspace = context.workspace
    timezone = workspace.settings.agency.timezone
    if role in ("districts", "boundary"):
        reader = read_districts if role == "districts" else read_boundary
        try:
            crs = workspace.crs
        except FileNotFoundError:
            crs = "auto"
        return lambda raw, source: reader(raw, source=source, crs=crs, timezone=timezone)
    if role == "weather":
        return lambda raw, source: read_weather(raw, source=source, timezone=timezone)
    layer_reader = read_places if role == "places" else read_events
    boundary = _boundary(context)
    return lambda raw, source: layer_reader(
        raw, source=source, crs=workspace.crs, timezone=timezone, boundary=boundary
    )


def _concatenate(parts: list[Any]) -> Any:
    return parts[0] if len(parts) == 1 else pd.concat(parts, ignore_index=True)


def _store(context: Context, name: str, table: Any, outcome: IngestOutcome) -> None:
    if context.workspace.table(name).write(table):
        outcome.changed_tables.append(name)
    outcome.rows[name] = len(table)
    context.log(
        "store",
        {"table": name, "rows": len(table), "version": context.workspace.table(name).version},
    )


def _record(
    context: Context, item: SourceFile, report: IngestReport, outcome: IngestOutcome
) -> None:
    """Keep a report beside the tables and in the log."""
    facts = {
        "file": item.name,
        "role": item.source.role,
        "sha256": item.digest,
        **report.to_dict(),
    }
    outcome.reports.append(facts)
    outcome.texts.append(render_report(report))
    name = f"{item.source.role}-{fingerprint([item.location, item.digest])[:12]}.json"
    write_json(context.workspace.root / "data" / "reports" / name, facts)
    context.log("ingest", facts)


def stored_reports(context: Context) -> Iterable[dict[str, Any]]:
    """Yield the reports of everything that was ever ingested into the workspace."""
    for path in sorted((context.workspace.root / "data" / "reports").glob("*.json")):
        yield read_json(path)

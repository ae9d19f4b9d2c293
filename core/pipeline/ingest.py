"""Ingest: raw exports become the workspace's tables; what is dropped is counted and logged."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

import pandas as pd

from evenbeat.core.ingest.formats import read_table
from evenbeat.core.ingest.incidents import (
    describe_understanding,
    read_incidents,
    training_weights,
    upsert_incidents,
)
from evenbeat.core.ingest.report import render_report
from evenbeat.core.pipeline.sources import (
    AREA_ROLES,
    ROLES,
    SourceFile,
    Surroundings,
    source_files,
)
from evenbeat.core.policy.crime_types import CrimeTypeTable
from evenbeat.core.policy.susceptibility import SusceptibilityGate
from evenbeat.core.store.files import fingerprint, read_json, write_json

if TYPE_CHECKING:
    from evenbeat.core.ingest.tally import IngestReport
    from evenbeat.core.pipeline.context import Context
    from evenbeat.core.store.workspace import Workspace

_STATE = "ingest.json"
_INCIDENT_ROLES = ("incidents", "gunfire")


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
    workspace = context.workspace
    with workspace.writing():
        files = source_files(workspace)
        state = read_json(workspace.root / "data" / _STATE) or {}
        outcome = IngestOutcome()
        for index, role in enumerate(ROLES):
            of_role = [item for item in files if item.source.role == role]
            seen = {item.key: item.state() for item in of_role}
            if not of_role:
                continue
            if not force and state.get(role) == seen and all(item.digest for item in of_role):
                outcome.skipped += [item.name for item in of_role]
                continue
            context.progress(f"reading {role}", index / len(ROLES))
            if role in _INCIDENT_ROLES:
                _ingest_incidents(context, of_role, {} if force else state.get(role, {}), outcome)
            else:
                _ingest_layer(context, role, of_role, outcome)
            state[role] = seen
            write_json(workspace.root / "data" / _STATE, state)
        context.progress("done", 1.0)
    return outcome


def preview_ingest(context: Context) -> list[dict[str, Any]]:
    """Tell how each source would be understood; nothing is stored.

    Returns
    -------
    One entry a file: its name, role, rows, and under ``text`` what was understood.

    Raises
    ------
    ConfigError, InputError
        As for `run_ingest`.
    """
    workspace = context.workspace
    surroundings, crime_types = Surroundings.of(workspace), crime_type_table(context)
    files = source_files(workspace)
    entries = []
    for index, item in enumerate(files):
        role = item.source.role
        context.progress(f"reading {item.name}", index / len(files))
        raw = read_table(item.location)
        if role in _INCIDENT_ROLES:
            known = surroundings.jurisdiction is not None
            understood = describe_understanding(
                raw, source=item.source, settings=workspace.settings.ingest,
                timezone=surroundings.timezone, crime_types=crime_types,
                crs=surroundings.crs if known else None, boundary=surroundings.jurisdiction,
            )  # fmt: skip
            text = understood["text"]
        else:
            table, report = surroundings.reader(role)(raw, item.source)
            if role in AREA_ROLES:
                surroundings.learn(role, table)
            understood, text = report.to_dict(), render_report(report)
        entries.append({"file": item.name, "role": role, "rows": len(raw.rows), "text": text,
                        "understood": understood})  # fmt: skip
    return entries


def crime_type_table(context: Context) -> CrimeTypeTable:
    """Return the crime-type table with the agency's own rows, where it has any."""
    return CrimeTypeTable.load(context.workspace.override("crime_types.csv"))


def stored_reports(context: Context) -> Iterator[dict[str, Any]]:
    """Yield the report of each file of the workspace; the audit log holds those of old versions."""
    yield from _reports(context.workspace)


def _reports(workspace: Workspace) -> Iterator[dict[str, Any]]:
    for path in sorted((workspace.root / "data" / "reports").glob("*.json")):
        yield read_json(path)


def susceptibility_gate(workspace: Workspace) -> SusceptibilityGate:
    """Return the gate over all files that were ingested, each in its newest version.

    Small daily files add up; a growing export counts as it is now.
    """
    gate = SusceptibilityGate()
    for report in _reports(workspace):
        gate = gate.plus(
            SusceptibilityGate(
                _counts(report["flagged_by_class"]), _counts(report.get("flagged_by_code", {}))
            )
        )
    return gate


def _counts(listed: dict[str, list[int]]) -> dict[str, tuple[int, int]]:
    return {name: (rows, hits) for name, (rows, hits) in listed.items()}


def _ingest_incidents(
    context: Context, files: list[SourceFile], known: dict[str, str], outcome: IngestOutcome
) -> None:
    workspace = context.workspace
    table = workspace.table("incidents")
    stored = table.read() if table.exists else None
    jurisdiction, crime_types = workspace.jurisdiction(), crime_type_table(context)
    for item in files:
        if item.digest is not None and known.get(item.key) == item.state():
            outcome.skipped.append(item.name)
            continue
        raw = read_table(item.location)
        incoming, report = read_incidents(
            raw, source=item.source, settings=workspace.settings.ingest,
            timezone=workspace.settings.agency.timezone, crs=workspace.crs,
            boundary=jurisdiction, crime_types=crime_types, now=context.now(),
        )  # fmt: skip
        stored, counts = upsert_incidents(stored, incoming, report.withdrawn)
        for name, count in asdict(counts).items():
            outcome.upserts[name] = outcome.upserts.get(name, 0) + count
        _record(context, item, report, outcome)
    if stored is not None:
        gate = susceptibility_gate(workspace)
        stored = stored.assign(weight=training_weights(stored, gate))
        _store(context, "incidents", stored, outcome)


def _ingest_layer(
    context: Context, role: str, files: list[SourceFile], outcome: IngestOutcome
) -> None:
    surroundings = Surroundings.of(context.workspace)
    parts = []
    for item in files:
        table, report = surroundings.reader(role)(read_table(item.location), item.source)
        if role in AREA_ROLES:
            surroundings.learn(role, table)
            context.workspace.fix_crs(surroundings.crs)
        parts.append(table)
        _record(context, item, report, outcome)
    whole = parts[0] if len(parts) == 1 else pd.concat(parts, ignore_index=True)
    _store(context, role, whole, outcome)


def _store(context: Context, name: str, table: Any, outcome: IngestOutcome) -> None:
    if context.workspace.table(name).write(table):
        outcome.changed_tables.append(name)
    outcome.rows[name] = len(table)
    version = context.workspace.table(name).version
    context.log("store", {"table": name, "rows": len(table), "version": version})


def _record(
    context: Context, item: SourceFile, report: IngestReport, outcome: IngestOutcome
) -> None:
    """Keep a file's newest report beside the tables, and every one in the log."""
    facts = {
        "file": item.name,
        "role": item.source.role,
        "sha256": item.digest,
        "overrides": item.overrides,
        **report.to_dict(),
    }
    outcome.reports.append(facts)
    outcome.texts.append(render_report(report))
    if "crime_types.csv" in item.overrides and item.source.role in _INCIDENT_ROLES:
        outcome.texts.append("Classes were read with the agency's own crime_types.csv.")
    name = f"{item.source.role}-{fingerprint([item.key])[:12]}.json"
    write_json(context.workspace.root / "data" / "reports" / name, facts)
    context.log("ingest", facts)

"""The workspace at a glance: settings, areas, tables, sources and the days with runs."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from evenbeat.core.errors import EvenbeatError
from evenbeat.core.pipeline.patrol.days import day_store
from evenbeat.core.pipeline.sources import SourceFile, files_of
from evenbeat.core.policy.crime_types import crime_types
from evenbeat.core.store.files import read_json
from evenbeat.core.store.workspace import TABLES

if TYPE_CHECKING:
    from evenbeat.core.config import SourceSettings
    from evenbeat.core.pipeline.context import Context
    from evenbeat.core.store.workspace import Workspace

_INGEST_STATE = "ingest.json"
Bounds = tuple[float, float, float, float]
"""West, south, east, north."""


@dataclass(frozen=True, slots=True)
class TableState:
    """One table: how many rows, and which version."""

    name: str
    rows: int
    version: str


@dataclass(frozen=True, slots=True)
class SourceState:
    """One source of the settings.

    Parameters
    ----------
    state
        ``read``, ``changed`` since it was read, ``older`` where it is the same but was read by
        another version of Evenbeat, ``new``, ``missing``, or ``address`` for one that is read anew
        each time.
    """

    number: int
    role: str
    path: str
    files: tuple[str, ...]
    state: str
    problem: str


@dataclass(frozen=True, slots=True)
class District:
    """One district; bounds are west, south, east, north in the workspace's CRS."""

    district_id: str
    name: str
    bounds: Bounds


@dataclass(frozen=True)
class Summary:
    """A workspace at a glance."""

    root: Path
    agency: str
    timezone: str
    crs: str
    cell_size: float
    districts: tuple[District, ...]
    crime_types: dict[str, str]
    shifts: dict[str, str]
    tables: tuple[TableState, ...]
    sources: tuple[SourceState, ...]
    run_dates: tuple[dt.date, ...]
    measured_dates: tuple[dt.date, ...]
    own_tables: tuple[str, ...]
    bounds: Bounds | None
    publication: str


def summarise(context: Context) -> Summary:
    """Return a workspace at a glance; what is not there yet is empty."""
    workspace = context.workspace
    settings = workspace.settings
    known = crime_types()
    districts, bounds = _districts(workspace)
    return Summary(
        root=workspace.root, agency=settings.agency.name, timezone=settings.agency.timezone,
        crs=workspace.crs_or_auto, cell_size=settings.grid.cell_size, districts=districts,
        crime_types={
            name: known[name].title if name in known else name
            for name in settings.model.crime_types
        },
        shifts={name: f"{start:%H:%M}" for name, start in settings.shifts.starts.items()},
        tables=tuple(_tables(workspace)),
        sources=tuple(source_states(workspace)), run_dates=tuple(run_dates(workspace)),
        measured_dates=tuple(day_store(workspace).dates()),
        own_tables=tuple(sorted(workspace.override_versions())), bounds=bounds,
        publication=str(workspace.publication),
    )  # fmt: skip


def run_dates(workspace: Workspace) -> list[dt.date]:
    """Return the days that have a current run, in order."""
    return sorted(
        dt.date.fromisoformat(path.parent.name)
        for path in (workspace.root / "runs").glob("????-??-??/current.json")
    )


def source_states(workspace: Workspace) -> list[SourceState]:
    """Return whether each source of the settings was read, changed, or is missing."""
    known = read_json(workspace.root / "data" / _INGEST_STATE) or {}
    return [
        _source_state(workspace, number, source, known.get(source.role, {}))
        for number, source in enumerate(workspace.settings.sources)
    ]


def _source_state(
    workspace: Workspace, number: int, source: SourceSettings, known: dict[str, str]
) -> SourceState:
    try:
        files = files_of(workspace, source)
    except EvenbeatError as error:
        return SourceState(number, source.role, source.path, (), "missing", str(error))
    names = tuple(item.name for item in files)
    if any(item.digest is None for item in files):
        state = "address"
    elif not any(item.key in known for item in files):
        state = "new"
    else:
        state = _state_of_files(files, known)
    return SourceState(number, source.role, source.path, names, state, "")


def _state_of_files(files: Sequence[SourceFile], known: Mapping[str, str]) -> str:
    changed = [item for item in files if known.get(item.key) != item.state()]
    if not changed:
        return "read"
    only_code = all(item.is_of_other_code(known.get(item.key, "")) for item in changed)
    return "older" if only_code else "changed"


def _tables(workspace: Workspace) -> list[TableState]:
    found = []
    for name in (*TABLES, "dosage"):
        pointer: dict[str, Any] | None = read_json(
            workspace.table(name).folder / "current.json"
        )  # fmt: skip
        if pointer is not None:
            found.append(TableState(name, int(pointer["rows"]), str(pointer["version"])))
    return found


def _districts(
    workspace: Workspace,
) -> tuple[tuple[District, ...], Bounds | None]:
    if not (workspace.table("districts").exists or workspace.table("boundary").exists):
        return (), None
    areas = workspace.districts()
    west, south, east, north = (float(part) for part in areas.total_bounds)
    names = areas["name"] if "name" in areas else areas["district_id"]
    edges = (tuple(float(edge) for edge in part) for part in areas.geometry.bounds.to_numpy())
    return tuple(
        District(str(key), str(name), cast("Bounds", bounds))
        for key, name, bounds in zip(areas["district_id"], names, edges, strict=True)
    ), (west, south, east, north)  # fmt: skip

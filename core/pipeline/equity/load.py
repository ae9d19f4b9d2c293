"""Load a demographic table into the audit-only store of a workspace."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from evenbeat.core.equity import AuditOnlyStore, ShareColumn, lay_over, read_areas
from evenbeat.core.errors import InputError
from evenbeat.core.ingest.formats import RawTable, read_table
from evenbeat.core.store.files import sha256_file

if TYPE_CHECKING:
    from evenbeat.core.equity import DemographicAreas, Overlay
    from evenbeat.core.equity.areas import Scale
    from evenbeat.core.pipeline.context import Context
    from evenbeat.core.store.workspace import Workspace

_LONGEST_NAME = 60
_MOST_NAMED = 10


@dataclass(frozen=True)
class LoadOutcome:
    """What one loading did.

    Parameters
    ----------
    areas
        Number of areas.
    residents, residents_inside, residents_outside
        All of them, those within the patrolled cells, and those outside.
    outside
        Areas with residents outside, the most first: identifier and number.
    shares
        Names of the shares.
    version
        Of the table in the store.
    notes
        What was left out.
    """

    areas: int
    residents: float
    residents_inside: float
    residents_outside: float
    outside: list[tuple[str, float]]
    shares: list[str]
    version: str
    notes: list[str]


def is_loaded(workspace: Workspace) -> bool:
    """Return whether a workspace has a demographic table."""
    return AuditOnlyStore.of(workspace.root).exists


def share_columns(
    *, shares: Sequence[str] = (), percents: Sequence[str] = (), counts: Sequence[str] = ()
) -> list[ShareColumn]:
    """Return the columns that texts such as ``renters=pct_renter`` name.

    Raises
    ------
    InputError
        A text is not ``NAME=COLUMN``.
    """
    found = []
    given: tuple[tuple[Scale, Sequence[str]], ...] = (
        ("share", shares), ("percent", percents), ("count", counts),
    )  # fmt: skip
    for scale, texts in given:
        for text in texts:
            name, _, column = (part.strip() for part in text.partition("="))
            if not name or not column or len(name) > _LONGEST_NAME:
                raise InputError(
                    f"A {scale} is given as NAME=COLUMN, such as renters=pct_renter, with a name "
                    f"of up to {_LONGEST_NAME} letters; got {text!r}."
                )
            found.append(ShareColumn(name, column, scale))
    return found


def load_demographics(
    context: Context, table: str | Path, *, id_column: str, residents_column: str,
    shares: Sequence[ShareColumn] = (), outlines: str | Path | None = None, source: str = "",
) -> LoadOutcome:  # fmt: skip
    """Load a table of residents by area for the equity ledger alone.

    It replaces the one that was there. Of its columns, only those that are named are kept.

    Parameters
    ----------
    table
        GeoPackage, GeoJSON, Shapefile, Parquet or CSV.
    id_column, residents_column
        Columns with the identifier and the number of residents of an area.
    shares
        Columns with shares of groups.
    outlines
        File with the outlines, joined by the identifier, where the table has none.
    source
        Where the figures come from, in words; printed on the report.

    Raises
    ------
    InputError
        A file is missing, or the table cannot be used; the message says why.
    WorkspaceError
        The workspace has no districts yet.
    """
    context.progress("reading areas", 0.1)
    read = _read(table)
    areas = read_areas(
        read, id_column=id_column, residents_column=residents_column, shares=shares,
        crs=context.workspace.crs, outlines=None if outlines is None else _read(outlines),
    )  # fmt: skip
    context.progress("laying areas over cells", 0.5)
    overlay = lay_over(areas, context.workspace.grid())
    facts: dict[str, Any] = {
        "file": read.name, "source": source, "id": id_column, "residents_column": residents_column,
        "columns": {one.name: {"column": one.column, "scale": one.scale} for one in shares},
        "sha256": _digests(table, outlines), "loaded_at": context.now().isoformat(),
    }  # fmt: skip
    with context.workspace.writing():
        store = AuditOnlyStore.of(context.workspace.root)
        told = store.write(areas, crs=context.workspace.crs, facts=facts)
        outcome = _outcome(areas, overlay, told)
        context.log("equity-load", {
            **{name: told[name] for name in ("file", "source", "columns", "sha256", "version")},
            "areas": outcome.areas, "residents": outcome.residents,
            "residents_inside": outcome.residents_inside, "notes": outcome.notes,
        })  # fmt: skip
    context.progress("done", 1.0)
    return outcome


def _read(location: str | Path) -> RawTable:
    path = Path(str(location).partition("|layername=")[0].partition(".zip!")[0])
    if not path.exists() and not Path(f"{path}.zip").exists():
        raise InputError(f"{location} does not exist. Check the path.")
    return read_table(location)


def _digests(*locations: str | Path | None) -> dict[str, str]:
    paths = (Path(str(one).partition("|layername=")[0]) for one in locations if one is not None)
    return {path.name: sha256_file(path) for path in paths if path.is_file()}


def _outcome(areas: DemographicAreas, overlay: Overlay, told: dict[str, Any]) -> LoadOutcome:
    outside = overlay.residents_outside
    named = sorted(
        ((name, float(people)) for name, people in zip(areas.ids, outside, strict=True)
         if people >= 0.5),
        key=lambda one: (-one[1], one[0]),
    )  # fmt: skip
    return LoadOutcome(
        len(areas.ids), float(areas.residents.sum()), float(overlay.areas.residents.sum()),
        float(outside.sum()), named[:_MOST_NAMED], list(areas.shares), str(told["version"]),
        list(areas.notes),
    )  # fmt: skip

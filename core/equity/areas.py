"""Demographic areas: residents and shares of groups by area, as an auditor hands them in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import numpy.typing as npt
import shapely

from evenbeat.core.errors import InputError

if TYPE_CHECKING:
    import pandas as pd

    from evenbeat.core.ingest.formats import RawTable

Floats = npt.NDArray[np.float64]
Scale = Literal["share", "percent", "count"]
_MOST_OVERLAP = 1e-3
"""Share of the whole area that may overlap: digitising noise. [choice]"""
_TOLERANCE = 1e-6
_WKT_COLUMNS = ("wkt", "the_geom", "geom", "geometry", "shape")


@dataclass(frozen=True)
class ShareColumn:
    """A column that an auditor names: what it is called here, and how it counts.

    Parameters
    ----------
    name
        As the report prints it.
    column
        As the file spells it.
    scale
        ``share`` from 0 to 1, ``percent`` from 0 to 100, or ``count`` of residents.
    """

    name: str
    column: str
    scale: Scale = "share"


@dataclass(frozen=True, eq=False)
class DemographicAreas:
    """Areas with their residents, in the CRS of the workspace.

    Parameters
    ----------
    ids
        Their identifiers, in order.
    residents
        Number of residents, shape ``(area,)``.
    shares
        Name -> share of the residents, 0 to 1, shape ``(area,)``; NaN where unknown or where
        nobody lives.
    outlines
        Polygons, shape ``(area,)``.
    notes
        What was left out or mended, in words.
    """

    ids: tuple[str, ...]
    residents: Floats
    shares: Mapping[str, Floats]
    outlines: npt.NDArray[np.object_]
    notes: tuple[str, ...] = ()


def read_areas(
    table: RawTable, *, id_column: str, residents_column: str, shares: Sequence[ShareColumn],
    crs: str, outlines: RawTable | None = None,
) -> DemographicAreas:  # fmt: skip
    """Read a demographic table; of its columns, only those that are named.

    Parameters
    ----------
    table
        The file with the figures. It may hold the outlines too.
    id_column
        Column that identifies an area, in both files.
    residents_column
        Column with the number of residents, in either file.
    shares
        Columns with the shares of groups, in either file.
    crs
        Projected CRS of the result.
    outlines
        The file with the outlines, where the table has none.

    Raises
    ------
    InputError
        A column is missing, a figure is no number or out of its range, an identifier is double,
        there is no outline, or outlines overlap.
    """
    joined, shapes, notes = _joined(table, outlines, id_column, crs)
    residents = _numbers(joined, residents_column, table.name)
    _require(np.isfinite(residents) & (residents >= 0), joined[id_column], residents_column,
             "a number of residents of at least 0")  # fmt: skip
    names = [share.name for share in shares]
    if len(set(names)) != len(names):
        raise InputError(f"Each share needs a name of its own, got {names}.")
    read = {share.name: _share(joined, share, residents, id_column, table.name) for share in shares}
    _refuse_overlaps(shapes, joined[id_column])
    ids = tuple(joined[id_column].astype(str))
    return DemographicAreas(ids, residents, read, shapes, tuple(notes))


def _joined(
    table: RawTable, outlines: RawTable | None, id_column: str, crs: str
) -> tuple[pd.DataFrame, npt.NDArray[np.object_], list[str]]:
    """Return the rows that have an outline, in order of their identifier, and the outlines."""
    figures = _identified(table, id_column)
    notes: list[str] = []
    geometry_of = table if outlines is None else outlines
    shapes = _shapes(geometry_of, crs)
    if outlines is not None:
        places = _identified(outlines, id_column).assign(_place=np.arange(len(outlines)))
        more = places[[name for name in places if name == id_column or name not in figures]]
        merged = figures.merge(more, on=id_column, how="left")
        _note(notes, merged.loc[merged["_place"].isna(), id_column], "no outline; left out")
        missing = places.loc[~places[id_column].isin(figures[id_column]), id_column]
        _note(notes, missing, "an outline but no figures; left out")
        figures = merged[merged["_place"].notna()]
        shapes = shapes[figures["_place"].to_numpy(np.int64)]
    known = np.array([shape is not None and not shape.is_empty for shape in shapes], bool)
    flat = known & (shapely.get_dimensions(shapes) == 2)
    _note(notes, figures.loc[~flat, id_column], "no polygon; left out")
    if not flat.any():
        raise InputError(
            f"{geometry_of.name} has no polygon for any area of {table.name}. Give the file with "
            "the outlines with --outlines; both need the column " + id_column + "."
        )
    figures, shapes = figures[flat], shapes[flat]
    order = np.argsort(figures[id_column].to_numpy(str), kind="stable")
    return figures.iloc[order].reset_index(drop=True), shapely.make_valid(shapes[order]), notes


def _identified(table: RawTable, id_column: str) -> pd.DataFrame:
    """Return the rows with their identifiers as text, each once."""
    from evenbeat.core.ingest.layer_columns import as_text

    if id_column not in table.rows:
        raise _no_column(table.name, id_column, table.rows)
    rows = table.rows.assign(**{id_column: as_text(table.rows[id_column]).to_numpy()})
    double = rows[id_column][rows[id_column].duplicated()]
    if len(double) or (rows[id_column] == "").any():
        odd = ", ".join(sorted(set(double))[:3]) or "a blank one"
        raise InputError(
            f"Each area of {table.name} needs an identifier of its own in {id_column}; these are "
            f"not: {odd}. Name another column with --id."
        )
    return rows.reset_index(drop=True)


def _no_column(name: str, column: str, rows: pd.DataFrame) -> InputError:
    there = ", ".join(str(one) for one in rows.columns[:12]) or "none"
    return InputError(f"{name} has no column {column!r}. Its columns: {there}.")


def _shapes(table: RawTable, crs: str) -> npt.NDArray[np.object_]:
    """Return one outline (or None) a row, in the workspace's CRS."""
    import geopandas

    found = table.geometry
    if found is None:
        spelled = {str(name).lower(): name for name in table.rows.columns}
        column = next((spelled[name] for name in _WKT_COLUMNS if name in spelled), None)
        if column is None:
            raise InputError(
                f"{table.name} has no outlines. Give the file that has them with --outlines."
            )
        try:
            parsed = shapely.from_wkt(table.rows[column].replace("", None).to_numpy(object))
        except shapely.errors.ShapelyError as error:
            raise InputError(f"{table.name}: {column} is no WKT: {error}.") from error
        found = geopandas.GeoSeries(parsed, crs="EPSG:4326")
    elif found.crs is None:
        found = found.set_crs(table.crs or "EPSG:4326")
    return np.asarray(shapely.force_2d(found.to_crs(crs).to_numpy()), dtype=object)


def _note(notes: list[str], ids: pd.Series[Any], words: str) -> None:
    if len(ids):
        some = ", ".join(sorted(str(one) for one in ids)[:5])
        notes.append(f"{len(ids)} areas have {words}: {some}{' ...' if len(ids) > 5 else ''}.")


def _numbers(rows: pd.DataFrame, column: str, name: str) -> Floats:
    import pandas as pd

    if column not in rows:
        raise _no_column(name, column, rows)
    try:
        blank_as_unknown = rows[column].replace("", None)
        return pd.to_numeric(blank_as_unknown).to_numpy(np.float64, na_value=np.nan)
    except (TypeError, ValueError) as error:
        raise InputError(f"The column {column} of {name} must hold numbers: {error}.") from error


def _require(fine: npt.NDArray[np.bool_], ids: pd.Series[Any], column: str, expected: str) -> None:
    if not fine.all():
        raise InputError(
            f"The column {column} must hold {expected}; it does not for "
            f"{', '.join(ids[~fine].astype(str)[:3])}."
        )


def _share(
    rows: pd.DataFrame, share: ShareColumn, residents: Floats, id_column: str, name: str
) -> Floats:
    """Return a share from 0 to 1; NaN where it is blank or nobody lives."""
    values = _numbers(rows, share.column, name)
    most = {"share": np.ones_like(residents), "percent": np.full_like(residents, 100.0),
            "count": residents}[share.scale]  # fmt: skip
    expected = {"share": "a share from 0 to 1; give percentages as per cent (--percent), "
                "people as a count (--count)",
                "percent": "a percentage from 0 to 100",
                "count": "a number of people, no more than the residents"}[share.scale]  # fmt: skip
    blank = np.isnan(values)
    fine = blank | ((values >= 0) & (values <= most * (1 + _TOLERANCE)))
    _require(fine, rows[id_column], share.column, expected)
    told = np.divide(values, most, out=np.full_like(values, np.nan), where=most > 0)
    return np.asarray(np.where(residents > 0, np.minimum(told, 1.0), np.nan))


def _refuse_overlaps(shapes: npt.NDArray[np.object_], ids: pd.Series[Any]) -> None:
    first, second = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    pairs = first < second
    first, second = first[pairs], second[pairs]
    shared = shapely.area(shapely.intersection(shapes[first], shapes[second]))
    if shared.sum() > _MOST_OVERLAP * shapely.area(shapes).sum():
        worst = int(np.argmax(shared))
        raise InputError(
            f"Areas overlap, the most {ids.iloc[first[worst]]} and {ids.iloc[second[worst]]}: "
            "residents would count twice. Give areas that do not overlap, of one level only."
        )

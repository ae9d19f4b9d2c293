"""Where it happened: coordinates in the workspace's CRS, inside the jurisdiction."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely
from pyproj import CRS, Transformer
from shapely.geometry.base import BaseGeometry

from evenbeat.core.config import SourceSettings
from evenbeat.core.errors import InputError
from evenbeat.core.ingest.columns import ColumnPlan
from evenbeat.core.ingest.crs_advice import advise_crs
from evenbeat.core.ingest.formats import RawTable
from evenbeat.core.ingest.sieve import Sieve

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

WGS84 = "EPSG:4326"
_BLANKS = ("", "nan", "NaN", "NULL", "null", "None", "<NA>")
_MOSTLY = 0.5
_SAMPLE = 500


@dataclass(frozen=True)
class Pair:
    """Two columns that hold coordinates, and their CRS where it is known."""

    first: str
    second: str
    crs: str | None


@dataclass
class Coordinates:
    """Coordinates as a file has them."""

    first: Floats
    second: Floats
    is_missing: Flags
    is_unparseable: Flags
    has_comma: Flags
    crs: str
    texts: pd.Series | None = None

    @property
    def is_zero(self) -> Flags:
        """Return where both are 0, which stands for unknown."""
        return np.asarray((self.first == 0) & (self.second == 0))

    @property
    def is_usable(self) -> Flags:
        """Return where there is a position."""
        return ~self.is_missing & ~self.is_unparseable & ~self.is_zero


class Jurisdiction:
    """The area in which incidents count, with its tolerance.

    Parameters
    ----------
    boundary
        Polygon in ``crs``, or None when anywhere counts.
    crs
        CRS of the workspace.
    tolerance_m
        Accepted distance outside, in metres.
    """

    def __init__(self, boundary: BaseGeometry | None, crs: str, tolerance_m: float) -> None:
        self.crs = crs
        self.boundary = boundary
        self._area: BaseGeometry | None = None
        if boundary is not None:
            metres_per_unit = CRS.from_user_input(crs).axis_info[0].unit_conversion_factor
            self._area = boundary.buffer(tolerance_m / metres_per_unit)
            shapely.prepare(self._area)

    def contains(self, easting: Floats, northing: Floats) -> Flags:
        """Return which positions count."""
        real = np.isfinite(easting) & np.isfinite(northing)
        if self._area is None:
            return real
        inside = np.zeros(real.size, bool)
        inside[real] = shapely.intersects_xy(self._area, easting[real], northing[real])
        return inside

    def project(self, first: Floats, second: Floats, crs: str) -> tuple[Floats, Floats]:
        """Return positions in the workspace's CRS; infinite where there is none."""
        transformer = Transformer.from_crs(crs, self.crs, always_xy=True)
        easting, northing = transformer.transform(first, second)
        return np.asarray(easting), np.asarray(northing)


def read_locations(
    raw: RawTable, plan: ColumnPlan, source: SourceSettings, jurisdiction: Jurisdiction,
    sieve: Sieve,
) -> tuple[Floats, Floats]:  # fmt: skip
    """Return easting and northing of each row; rows without a place that counts are dropped.

    Raises
    ------
    InputError
        The CRS of the coordinates is unknown and cannot be told from the jurisdiction.
    """
    pairs = coordinate_pairs(raw, plan, source)
    given = [_read_pair(raw, pair, jurisdiction) for pair in pairs]
    if not given:
        given = [_read_geometry(raw, source.crs, sieve)]
    usable = given[0].is_usable
    easting, northing = _place(given[0], usable, jurisdiction, sieve)
    for spare in given[1:]:
        helps = ~usable & spare.is_usable
        if helps.any():
            added = _place(spare, helps, jurisdiction, sieve)
            easting[helps], northing[helps] = added[0][helps], added[1][helps]
            sieve.repair("fallback_coordinates", helps, spare.texts)
            usable |= helps
    first = given[0]
    sieve.repair("decimal_comma", first.has_comma, first.texts)
    sieve.drop("missing_coordinates", first.is_missing & ~usable, None)
    sieve.drop("unparseable_coordinates", first.is_unparseable & ~usable, first.texts)
    inside = jurisdiction.contains(easting, northing)
    sieve.drop("zero_coordinates", first.is_zero & ~inside, first.texts)
    sieve.drop("outside_jurisdiction", ~inside, first.texts)
    return easting, northing


def coordinate_pairs(raw: RawTable, plan: ColumnPlan, source: SourceSettings) -> list[Pair]:
    """Return the pairs of columns that hold coordinates, the one to prefer first.

    A geometry comes before columns that were found by their usual names alone; it is no pair.
    """
    crs = source.crs
    degrees = plan.has("longitude") and plan.has("latitude")
    planar = plan.has("easting") and plan.has("northing")
    is_named = not {"longitude", "easting"}.isdisjoint(source.columns)
    if raw.geometry is not None and not is_named:
        return []
    names = plan.columns
    planar_crs = crs or plan.preset.crs
    is_geographic = crs is not None and not CRS.from_user_input(crs).is_projected
    pairs = []
    if planar and not (degrees and (is_geographic or planar_crs is None)):
        pairs.append(Pair(names["easting"], names["northing"], planar_crs))
    if degrees:
        degrees_crs = crs if crs and (is_geographic or not planar) else WGS84
        pairs.append(Pair(names["longitude"], names["latitude"], degrees_crs))
    return pairs


def _place(
    given: Coordinates, usable: Flags, jurisdiction: Jurisdiction, sieve: Sieve
) -> tuple[Floats, Floats]:
    """Return positions in the workspace's CRS, exchanged where only that lies inside."""
    easting, northing = np.full(usable.size, np.nan), np.full(usable.size, np.nan)
    first, second = given.first[usable], given.second[usable]
    east, north = jurisdiction.project(first, second, given.crs)
    outside = ~jurisdiction.contains(east, north)
    swapped = np.zeros(usable.size, bool)
    if outside.any():
        other = jurisdiction.project(second[outside], first[outside], given.crs)
        helps = jurisdiction.contains(*other)
        rows = np.flatnonzero(outside)[helps]
        east[rows], north[rows] = other[0][helps], other[1][helps]
        swapped[np.flatnonzero(usable)[rows]] = True
    easting[usable], northing[usable] = east, north
    sieve.repair("swapped_coordinates", swapped, given.texts)
    return easting, northing


def _read_pair(raw: RawTable, pair: Pair, jurisdiction: Jurisdiction) -> Coordinates:
    first, second = raw.rows[pair.first], raw.rows[pair.second]
    one, other = _numbers(first), _numbers(second)
    is_missing = one.is_missing | other.is_missing
    given = Coordinates(
        one.values, other.values, is_missing,
        is_unparseable=(one.is_wrong | other.is_wrong) & ~is_missing,
        has_comma=one.has_comma | other.has_comma,
        crs=pair.crs or "",
        texts=first.astype("str") + ", " + second.astype("str"),
    )  # fmt: skip
    if not given.crs:
        given.crs = _detect_crs(given, jurisdiction, raw.name, pair)
    return given


@dataclass(frozen=True)
class _Numbers:
    """A column of numbers: not a number where nothing, or no number, is given."""

    values: Floats
    is_missing: Flags
    is_wrong: Flags
    has_comma: Flags


def _numbers(column: pd.Series) -> _Numbers:
    none = np.zeros(len(column), bool)
    if column.dtype.kind in "fiu":
        values = column.to_numpy(np.float64)
        return _Numbers(values, np.isnan(values), none, none)
    texts = column.astype("str").str.strip()
    is_missing = (column.isna() | texts.isin(_BLANKS)).to_numpy(bool)
    values = pd.to_numeric(texts, errors="coerce").to_numpy(np.float64, copy=True)
    odd = np.flatnonzero(np.isnan(values) & ~is_missing)
    if odd.size:
        pointed = texts.iloc[odd].str.replace(",", ".", regex=False)
        values[odd] = pd.to_numeric(pointed, errors="coerce").to_numpy(np.float64)
        none[odd] = np.isfinite(values[odd])
    is_wrong = ~np.isfinite(values) & ~is_missing
    return _Numbers(np.where(np.isfinite(values), values, np.nan), is_missing, is_wrong, none)


def _read_geometry(raw: RawTable, crs: str | None, sieve: Sieve) -> Coordinates:
    """Take the positions of points, and the centres of lines and polygons."""
    if raw.geometry is None:
        raise InputError(f"{raw.name} has no coordinates. Name their columns in evenbeat.toml.")
    shapes = np.asarray(raw.geometry.to_numpy(), dtype=object)
    missing = shapely.is_missing(shapes) | shapely.is_empty(shapes)
    is_point = shapely.get_type_id(shapes) == shapely.GeometryType.POINT
    centres = np.where(is_point, shapes, shapely.centroid(shapes))
    centres[missing] = None
    sieve.repair("geometry_centroid", ~is_point & ~missing, None)
    first, second = shapely.get_x(centres), shapely.get_y(centres)
    none = np.zeros(len(shapes), bool)
    return Coordinates(first, second, missing, none, none, crs or raw.crs or WGS84)


def _detect_crs(given: Coordinates, jurisdiction: Jurisdiction, name: str, pair: Pair) -> str:
    """Return WGS 84 for degrees, or the workspace's CRS when that puts rows into its boundary."""
    rows = np.flatnonzero(given.is_usable)[:_SAMPLE]
    first, second = given.first[rows], given.second[rows]
    if np.all((np.abs(first) <= 180) & (np.abs(second) <= 180)):
        return WGS84
    if jurisdiction.boundary is None:
        return jurisdiction.crs
    for pair_of_values in ((first, second), (second, first)):
        for crs in (jurisdiction.crs, WGS84):
            inside = jurisdiction.contains(*jurisdiction.project(*pair_of_values, crs))
            if inside.mean() >= _MOSTLY:
                return crs
    advice = advise_crs(first, second, jurisdiction.boundary, jurisdiction.crs)
    hint = f"crs = {advice!r} puts them there" if advice else "set crs of the source"
    raise InputError(
        f"The coordinates {pair.first}, {pair.second} of {name}, such as ({first[0]:g},"
        f" {second[0]:g}), lie in the jurisdiction neither as degrees nor in {jurisdiction.crs}:"
        f" {hint} in evenbeat.toml."
    )

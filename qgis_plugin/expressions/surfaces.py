"""Rasters that expressions read: made by the engine once, then kept for a while.

Expressions are evaluated in many threads at once, so the first that needs a raster asks the engine
and the others wait for it.
"""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from typing import Any

from osgeo import gdal, ogr
from qgis.core import QgsCoordinateReferenceSystem, QgsGeometry

from evenbeat.engine.client import SCREEN, shared_engine
from evenbeat.engine.protocol import EngineError, Failure

MINUTES = "minutes"
_KEPT_SECONDS = 300.0
_KEPT_FAILURE_SECONDS = 20.0


@dataclass(frozen=True)
class Day:
    """Which run: a workspace, and a day and a run where they are not the engine's own choice."""

    workspace: str
    date: str = ""
    run: str = ""


class Surface:
    """The cells of one raster; one at a time may read."""

    def __init__(self, path: str, bands: int | None = 1) -> None:
        self._lock = threading.Lock()
        dataset = gdal.Open(path)
        if dataset is None:
            raise OSError(f"{path} cannot be read as a raster.")
        self.crs = QgsCoordinateReferenceSystem.fromWkt(dataset.GetProjection())
        self._frame = dataset.GetGeoTransform()
        nothing = dataset.GetRasterBand(1).GetNoDataValue()
        numbers = range(1, (bands or dataset.RasterCount) + 1)
        parts = [dataset.GetRasterBand(number).ReadAsArray().astype(float) for number in numbers]
        self._values = sum(parts[1:], parts[0])
        unknown = ~(self._values == self._values)
        if nothing is not None:
            unknown |= self._values == nothing
        self._values[unknown] = 0.0
        self._known = ~unknown
        self._wkt = dataset.GetProjection()

    def at(self, geometry: QgsGeometry) -> float | None:
        """Return the sum over the cells whose centre is inside; of a point, its cell's value.

        None outside of the raster.
        """
        with self._lock:
            if geometry.type() == 2:
                found = self._sum_within(geometry)
                if found is not None:
                    return found
            point = geometry.centroid().asPoint()
            row, column = self._cell(point.x(), point.y())
            inside = 0 <= row < self._values.shape[0] and 0 <= column < self._values.shape[1]
            return float(self._values[row, column]) if inside and self._known[row, column] else None

    def percentile(self, geometry: QgsGeometry) -> float | None:
        """Return the share of cells with a lower value than the geometry's middle, in percent."""
        value = self.at(geometry.centroid())
        if value is None:
            return None
        known = self._values[self._known]
        return 100.0 * float((known < value).mean())

    def _cell(self, easting: float, northing: float) -> tuple[int, int]:
        west, width, _, north, _, height = self._frame
        return int((northing - north) // height), int((easting - west) // width)

    def _sum_within(self, geometry: QgsGeometry) -> float | None:
        """Return the sum over a polygon; None where no centre of a cell is inside."""
        box = geometry.boundingBox()
        rows, columns = self._values.shape
        top, left = self._cell(box.xMinimum(), box.yMaximum())
        bottom, right = self._cell(box.xMaximum(), box.yMinimum())
        top, left = max(0, min(top, bottom)), max(0, left)
        bottom, right = min(rows - 1, max(top, bottom)), min(columns - 1, right)
        if bottom < top or right < left:
            return None
        west, width, _, north, _, height = self._frame
        mask = gdal.GetDriverByName("MEM").Create(
            "", right - left + 1, bottom - top + 1, 1, gdal.GDT_Byte
        )
        mask.SetGeoTransform((west + left * width, width, 0.0, north + top * height, 0.0, height))
        mask.SetProjection(self._wkt)
        shapes = ogr.GetDriverByName("Memory").CreateDataSource("")
        layer = shapes.CreateLayer("", mask.GetSpatialRef(), ogr.wkbUnknown)
        feature = ogr.Feature(layer.GetLayerDefn())
        feature.SetGeometry(ogr.CreateGeometryFromWkb(bytes(geometry.asWkb())))
        layer.CreateFeature(feature)
        gdal.RasterizeLayer(mask, [1], layer, burn_values=[1])
        inside = mask.ReadAsArray() == 1
        window = (slice(top, bottom + 1), slice(left, right + 1))
        inside &= self._known[window]
        if not inside.any():
            return None
        return float(self._values[window][inside].sum())


class Surfaces:
    """Asks for all rasters of a day at once and keeps them."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: dict[Any, tuple[float, Any]] = {}

    def risk(self, day: Day, layer: str, shift: str) -> Surface:
        """Return a day's risk of a crime type, or ``all`` or ``priority``, in a shift.

        Raises
        ------
        EngineError
            The engine is not there, or refused.
        KeyError
            There is no such layer or shift; the text names those that there are.
        """
        rasters = self._of("run-rasters", day, lambda: self._ask_rasters(day))
        found = rasters.get((layer, shift))
        if found is None:
            layers = sorted({one for one, _ in rasters})
            shifts = sorted({one for _, one in rasters})
            raise KeyError(
                f"No {layer!r} in {shift!r}. There are {', '.join(layers)}; "
                f"in the shifts {', '.join(shifts)}."
            )
        return self._of(found, day, lambda: Surface(found))

    def minutes(self, day: Day) -> Surface:
        """Return the minutes with a unit present of a whole measured day."""
        return self._of(MINUTES, day, lambda: Surface(self._ask_minutes(day), bands=None))

    def forget(self) -> None:
        """Ask again for everything."""
        with self._lock:
            self._kept.clear()

    def _ask_rasters(self, day: Day) -> dict[tuple[str, str], str]:
        made = _ask("run-rasters", {
            "workspace": day.workspace, "date": day.date or None, "run_id": day.run or None,
        })  # fmt: skip
        return {(one["layer"], one["shift"]): one["path"] for one in made["rasters"]}

    def _ask_minutes(self, day: Day) -> str:
        return _ask("dosage-rasters", {"workspace": day.workspace, "date": day.date})["path"]

    def _of(self, what: str, day: Day, make: Any) -> Any:
        """Return what is kept, or make it; a failure is kept a little while as well."""
        with self._lock:
            until, kept = self._kept.get((what, day), (0.0, None))
            if time.monotonic() > until:
                try:
                    kept = make()
                    until = time.monotonic() + _KEPT_SECONDS
                except (EngineError, OSError) as error:
                    kept = error
                    until = time.monotonic() + _KEPT_FAILURE_SECONDS
                self._kept[what, day] = (until, kept)
        if isinstance(kept, Exception):
            raise kept
        return kept


def _ask(operation: str, parameters: dict[str, Any]) -> dict[str, Any]:
    """Ask the engine from a thread of its own.

    In the main thread, `Engine.run` lets QGIS work while it waits; within an expression that could
    evaluate the same expression again.
    """
    answers: list[Any] = []

    def work() -> None:
        try:
            answers.append(shared_engine().run(operation, parameters, lane=SCREEN))
        except EngineError as error:
            answers.append(error)

    thread = threading.Thread(target=work, name="evenbeat-expression", daemon=True)
    thread.start()
    thread.join()
    answer = answers[0] if answers else EngineError(Failure("Crash", "The engine gave no answer."))
    if isinstance(answer, EngineError):
        raise answer
    return answer

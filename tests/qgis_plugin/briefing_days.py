"""Days that try a layout: many boxes, none, long names with accents, many districts.

They are made of what the engine tells of the demo's day, by changing the GeoPackage with GDAL.
"""

from __future__ import annotations

import copy
import shutil
from pathlib import Path

from osgeo import ogr

LONG = (
    "Distrito Noroeste de la Señoría de São João del-Rey y Übergrößenträger-Łódź, "
    "comprenant l'arrondissement Saint-Étienne-de-Saint-Geoirs"
)
REASON = "Señales «ñandú» ÅÄÖ čšž in this cell in the last 12 months (more than 99 % of cells)"


def strained(made, folder, *, crowded=40, districts=5):
    """Return a day like ``made``: 40 boxes in the first district, none in the second.

    Parameters
    ----------
    districts
        So many pages a shift; those beyond the demo's five repeat the first ones.
    """
    day = copy.deepcopy(made)
    folder.mkdir(parents=True, exist_ok=True)
    day["path"] = str(shutil.copy(made["path"], folder / Path(made["path"]).name))
    source = ogr.Open(day["path"], 1)
    pages, boxes, areas = (source.GetLayerByName(name) for name in ("pages", "boxes", "districts"))
    shifts = [raster["shift"] for raster in made["rasters"]]
    for shift in shifts:
        _crowd(boxes, shift, "01", crowded)
    boxes.SetAttributeFilter("district_id = '02'")
    for number in [box.GetFID() for box in boxes]:
        boxes.DeleteFeature(number)
    boxes.SetAttributeFilter(None)
    _rename(pages, crowded)
    _repeat(pages, areas, boxes, districts)
    source = None
    return day


def _crowd(boxes, shift, district, wanted):
    """Copy the boxes of a page until there are enough, each a little aside."""
    boxes.SetAttributeFilter(f"shift = '{shift}' AND district_id = '{district}'")
    there = list(boxes)
    boxes.SetAttributeFilter(None)
    for rank in range(len(there) + 1, wanted + 1):
        box = there[rank % len(there)].Clone()
        box.SetFID(-1)
        box.SetField("rank", rank)
        box.SetField("assignment_id", f"{shift}-{district}-{rank:02d}")
        box.SetField("why_words", "\n".join([REASON] * 4))
        box.SetField("headline", f"Robbery, burglary, motor vehicle theft {rank}")
        shape = box.GetGeometryRef().Clone()
        _shift(shape, 260.0 * (rank % 7 - 3), 260.0 * (rank // 7 - 3))
        box.SetGeometry(shape)
        boxes.CreateFeature(box)


def _shift(shape, across, along):
    for number in range(shape.GetGeometryCount()):
        _shift(shape.GetGeometryRef(number), across, along)
    for number in range(shape.GetPointCount()):
        east, north, *_ = shape.GetPoint(number)
        shape.SetPoint_2D(number, east + across, north + along)


def _rename(pages, crowded):
    for page in list(pages):
        district = page.GetField("district_id")
        if district == "01":
            page.SetField("district", LONG)
            page.SetField("boxes", crowded)
            page.SetField("tours", "\n".join(
                f"Unit 01-{unit}: "
                + ", ".join(f"{hour:02d}:15 box {hour}" for hour in range(7, 20))
                for unit in range(1, 9)
            ))  # fmt: skip
            page.SetField("events", "\n".join([f"Fête de l'Été in {LONG}, 18:00–23:00"] * 5))
            page.SetField("notes", "Fewer boxes than asked: the cap on minutes was reached.")
        elif district == "02":
            for name in ("tours", "tactics", "unreviewed", "odds"):
                page.SetField(name, "")
            page.SetField("boxes", 0)
            page.SetField("minutes", 0.0)
        pages.SetFeature(page)


def _repeat(pages, areas, boxes, wanted):
    """Add districts until there are enough, with the boxes of those that they repeat."""
    first, kept = list(pages), list(boxes)
    outlines = {area.GetField("district_id"): area for area in areas}
    ids = sorted(outlines)
    for number in range(len(ids) + 1, wanted + 1):
        like, new = ids[2 + number % (len(ids) - 2)], f"{number:02d}"
        _copies(areas, [outlines[like]], new)
        _copies(pages, [one for one in first if one.GetField("district_id") == like], new)
        _copies(boxes, [one for one in kept if one.GetField("district_id") == like], new)
    for number, page in enumerate(list(pages), start=1):
        page.SetField("page", number)
        pages.SetFeature(page)


def _copies(layer, features, district):
    for feature in features:
        made = feature.Clone()
        made.SetFID(-1)
        made.SetField("district_id", district)
        if made.GetFieldIndex("district") >= 0:
            made.SetField("district", f"District {district}")
        layer.CreateFeature(made)

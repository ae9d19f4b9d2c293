"""The briefing: what it says, what it must not say, and that it is one whole file."""

from __future__ import annotations

import datetime as dt
import html
import json
import re
from xml.etree import ElementTree

import geopandas as gpd
import numpy as np
import pytest
import shapely
from PIL import Image
from planning.cities import city_grid
from reports.morning import (
    Morning,
    drawing_of,
    place_table,
    png_of,
    read,
    words_of,
)

from evenbeat.core.config import AgencySettings, CapSettings, PlanSettings
from evenbeat.core.errors import CubeError
from evenbeat.core.grid import Grid
from evenbeat.core.reports import maps

NASTY = "Quartier <script>alert('é')</script> & \"Ñandú\""


def test_write_briefings__pages_are_whole_and_fetch_nothing(tmp_path):
    paths = Morning().write(tmp_path)
    assert paths[0] == tmp_path / "index.html"
    assert len(paths) == 1 + 3 * 3
    assert sorted(paths) == sorted(tmp_path.iterdir())
    names = {path.name for path in paths}
    for path in paths:
        page = path.read_text("utf-8")
        assert not re.search(r"https?://(?!www\.w3\.org/2000/svg)", page)
        assert "@import" not in page
        assert "<script" not in page
        assert "<link" not in page
        for link in read(path).links:
            assert link in names or link.startswith(("#", "data:image/png;base64,", "geo:"))
        ElementTree.tostring(drawing_of(path))
        ids = re.findall(r'\bid="([^"]+)"', page)
        assert len(ids) == len(set(ids))
    linked = {link for link in read(paths[0]).links if link.endswith(".html")}
    assert linked == names - {"index.html"}


def test_write_briefings__same_input_same_bytes(tmp_path):
    morning = Morning()
    first = morning.write(tmp_path / "a")
    second = morning.write(tmp_path / "b")
    assert [p.name for p in first] == [p.name for p in second]
    assert [p.read_bytes() for p in first] == [p.read_bytes() for p in second]


def test_write_briefings__says_what_a_forecast_is_not_on_every_page(tmp_path):
    for path in Morning().write(tmp_path):
        said = words_of(path)
        assert "not a prediction that a crime will occur" in said
        assert "no crime in about 99 of 100 boxes" in said
        assert "not grounds to suspect, stop or search anyone" in said
        assert said.count("prediction") == 1


def test_write_briefings__every_box_is_told_whole(tmp_path):
    morning = Morning()
    morning.write(tmp_path)
    said = words_of(tmp_path / "evening-01.html")
    rows = morning.assignments.query("shift == 'evening' and district_id == '01'")
    assert len(rows) == 3
    degrees = gpd.GeoSeries(
        gpd.points_from_xy(rows["easting"], rows["northing"]), crs=morning.grid.crs
    ).to_crs(4326)
    for row, point in zip(rows.itertuples(), degrees, strict=True):
        assert f"{point.y:.5f}, {point.x:.5f}" in said
        assert "3 visits × 15 min, at least 2 h apart" in said
        for tactic in json.loads(row.tactics):
            assert html.unescape(tactic["text"]) in said
    assert "Robberies nearby: more than in 99 % of cells" in said
    by_tactics = rows.groupby("tactics", sort=False)
    for _, group in by_tactics:
        types = ", ".join(dict.fromkeys(group["dominant_type"].str.replace("_", " ")))
        boxes = ", ".join(map(str, group["rank"]))
        assert f"{types.capitalize()}: box{'es' if len(group) > 1 else ''} {boxes}" in said
    assert "3, 135 minutes in all" in said
    assert "Tue 3 Jan 2017, 15:00–23:00" in said
    assert "run-9" in said


def test_write_briefings__boxes_are_drawn_where_they_are(tmp_path):
    morning = Morning()
    morning.write(tmp_path)
    drawing = drawing_of(tmp_path / "day-00.html")
    rows = morning.assignments.query("shift == 'day' and district_id == '00'")
    marks = [e for e in drawing.iter() if e.get("class") == "box"]
    assert len(marks) == len(rows) == 3
    image = next(e for e in drawing.iter() if e.tag.endswith("image"))
    side = float(marks[0].get("width"))
    for mark, row in zip(marks, rows.itertuples(), strict=True):
        columns = (float(mark.get("x")) - float(image.get("x"))) / side
        lines = (float(mark.get("y")) - float(image.get("y"))) / side
        assert columns % 1 == pytest.approx(0, abs=0.05) or columns % 1 == pytest.approx(
            1, abs=0.05
        )
        assert lines % 1 == pytest.approx(0, abs=0.05) or lines % 1 == pytest.approx(1, abs=0.05)
        pixels = np.asarray(Image.open(png_of(image)).convert("RGB"))
        zoom = round(pixels.shape[1] * side / float(image.get("width")))
        colour = pixels[round(lines) * zoom, round(columns) * zoom]
        surface = morning.priority.values[0]
        expected = maps.CLASS_COLOURS[
            maps.priority_classes(surface, morning.grid)[row.row, row.column]
        ]
        assert "#{:02x}{:02x}{:02x}".format(*colour) == expected


def test_write_briefings__text_from_outside_is_escaped(tmp_path):
    morning = Morning(why=NASTY)
    morning.districts = morning.districts.assign(name=[NASTY * 3, None, "  "])
    morning.agency = AgencySettings(name=NASTY, timezone="America/Chicago")
    x, y = morning.centre_of_first()
    morning.places = place_table(morning.grid, [("<bar>", shapely.Point(x, y))])
    paths = morning.write(tmp_path, run_id=NASTY, provenance={"<model>": NASTY})
    for path in paths:
        assert "<script" not in path.read_text("utf-8")
        assert read(path).text
    said = words_of(tmp_path / "day-00.html")
    assert NASTY * 3 in said
    assert NASTY in words_of(tmp_path / "day-01.html")
    assert "District 01" in words_of(tmp_path / "day-01.html")
    assert "District 02" in words_of(tmp_path / "day-02.html")
    assert "<bar> (1)" in said


def test_write_briefings__ids_of_any_spelling_get_their_own_files(tmp_path):
    ids = ("A/B", "a b", "é", "../..", "İ" * 90)
    grid = city_grid(height=10, width=20, districts=5)
    grid = Grid(grid.crs, grid.cell_size, grid.west, grid.north, grid.district, ids)
    paths = Morning(grid=grid).write(tmp_path)
    assert len({path.name.lower() for path in paths}) == 1 + 5 * 3
    assert all(re.fullmatch(r"[A-Za-z0-9_-]+\.html", path.name) for path in paths)
    assert all(path.parent == tmp_path for path in paths)


def test_write_briefings__a_plan_without_boxes(tmp_path):
    morning = Morning(plan=PlanSettings(mode="greedy", boxes_per_district=0))
    paths = morning.write(tmp_path)
    assert "No box on this shift" in words_of(tmp_path / "day-00.html")
    assert "0 boxes" in words_of(paths[0])
    assert not [e for e in drawing_of(tmp_path / "day-00.html").iter() if e.get("class") == "box"]


def test_write_briefings__what_the_rules_took_is_said(tmp_path):
    plan = PlanSettings(
        mode="greedy", boxes_per_district=9, caps=CapSettings(spacing_m=2500, boxes_per_unit=6)
    )
    morning = Morning(plan=plan)
    notes = [note.to_dict() for note in morning.plan.notes if note.shift]
    assert notes
    paths = morning.write(tmp_path, notes=notes)
    index = words_of(paths[0])
    for note in notes:
        assert note["words"] in index
        assert note["words"] in words_of(tmp_path / f"{note['shift']}-{note['district_id']}.html")


def test_write_briefings__a_clock_change_is_named(tmp_path):
    morning = Morning(date=dt.date(2017, 3, 11))
    provenance = {"data_cutoff": "2017-03-11T06:00:00+00:00"}
    morning.write(tmp_path, provenance=provenance)
    assert "23:00–07:00 Sun 12 Mar (clocks change: the shift has 7 hours)" in words_of(
        tmp_path / "night-00.html"
    )
    assert "clocks change" not in words_of(tmp_path / "day-00.html")


def test_write_briefings__districts_in_degrees_are_brought_to_the_grid(tmp_path):
    morning = Morning()
    plain = drawing_of(morning.write(tmp_path)[1])
    morning.districts = morning.districts.to_crs(4326)
    turned = drawing_of(morning.write(tmp_path)[1])
    assert plain.get("viewBox") == turned.get("viewBox")


def test_write_briefings__refuses_another_shape(tmp_path):
    morning = Morning()
    with pytest.raises(CubeError, match="needs shape"):
        morning.write(tmp_path, priority=morning.priority.isel(shift=slice(0, 2)))

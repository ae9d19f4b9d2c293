"""Briefing layouts: every template, every text, nothing cut or overlapping."""

from __future__ import annotations

import itertools
import re
import shutil
import subprocess
import sys
import time
import unicodedata
from pathlib import Path

import briefing_days
import harness
import pytest
from qgis.core import (
    QgsFeedback,
    QgsLayoutExporter,
    QgsLayoutItemLabel,
    QgsLayoutItemLegend,
    QgsLayoutItemMap,
    QgsLayoutItemPage,
    QgsLayoutItemScaleBar,
    QgsProcessingException,
    QgsProcessingFeedback,
    QgsProject,
)
from qgis.PyQt.QtCore import QRectF, QSize, QSizeF

TEMPLATES = [
    f"{paper}-{way}-{ink}" for paper in ("a4", "letter") for way in ("portrait", "landscape")
    for ink in ("colour", "grey")
]  # fmt: skip
SIZES = {"a4": (210.0, 297.0), "letter": (215.9, 279.4)}
# Part of a map's face, of the table, or a frame around what stands on it.
ON_MAPS = ("north", "scale", "card:scale")


@pytest.fixture(scope="module")
def made(plugin, demo, tmp_path_factory):
    """What the engine tells of the demo's day."""
    from evenbeat.engine.client import shared_engine

    out = tmp_path_factory.mktemp("briefing")
    return shared_engine().run(
        "briefing-data", {"workspace": str(demo), "date": harness.DEMO_DATE, "out": str(out)}
    )


@pytest.fixture(scope="module")
def strained(made, tmp_path_factory):
    """The day with 40 boxes, none, long names and accents."""
    return briefing_days.strained(made, tmp_path_factory.mktemp("strained"))


@pytest.fixture
def open_day():
    """Return a function that opens a day in a project of its own."""
    from evenbeat.briefing.day import day_of

    days = []

    def open_one(made, **more):
        days.append(day_of(made, QgsProject(), **more))
        return days[-1]

    yield open_one
    for day in days:
        day.project.clear()


def layout(day, name, district, shift="day"):
    from evenbeat.briefing.export import Order, pages_of
    from evenbeat.briefing.page import layout_of
    from evenbeat.briefing.templates import template_named

    document = template_named(name, None).document()
    (page,) = pages_of(day, Order(Path(), shifts=[shift], districts=[district]))
    return layout_of(day, document, page)


def rectangle(item):
    place = item.pagePos()
    return QRectF(place.x(), place.y(), item.rect().width(), item.rect().height())


def shown(sheet):
    """Return the items of a layout by page that are printed."""
    found = {}
    for item in sheet.items():
        if not hasattr(item, "page") or isinstance(item, QgsLayoutItemPage):
            continue
        if item.id() and item.shouldDrawItem() and not item.excludeFromExports():
            found.setdefault(item.page(), []).append(item)
    return found


CASES = [
    *((name, "01") for name in TEMPLATES),
    *(("a4-portrait-colour", district) for district in ("02", "03")),
    *(("letter-landscape-grey", district) for district in ("02", "03")),
]  # fmt: skip


@pytest.mark.parametrize(("name", "district"), CASES)
def test_page__nothing_overlaps_is_cut_or_leaves_the_paper(strained, open_day, name, district):
    shift = "evening" if district == "03" else "day"
    sheet = layout(open_day(strained, grey=name.endswith("grey")), name, district, shift)
    # A legend tells its size after it was drawn, where nobody set it.
    sheet.itemById("legend").setResizeToContents(True)
    QgsLayoutExporter(sheet).renderPageToImage(0, QSize(), 40)
    width, height = SIZES[name.partition("-")[0]]
    if "landscape" in name:
        width, height = height, width
    paper = QRectF(5.0, 5.0, width - 10.0, height - 10.0)
    assert {"map", "legend", "locator", "north", "scale", "statement", "origin", "page"} <= {
        item.id() for item in shown(sheet)[0]
    }
    for items in shown(sheet).values():
        assert len(items) > 3
        for item in items:
            assert paper.contains(rectangle(item)), (item.id(), rectangle(item))
        flat = [item for item in items if item.id() not in ON_MAPS]
        for one, other in itertools.combinations(flat, 2):
            common = rectangle(one).intersected(rectangle(other))
            assert min(common.width(), common.height()) < 0.1, (one.id(), other.id())
    hold_their_texts(sheet, least=400 if district == "01" else 15)


def hold_their_texts(sheet, least):
    """Check that no label cuts its text."""
    from evenbeat.briefing.fitting import height_of

    labels = [item for item in sheet.items() if isinstance(item, QgsLayoutItemLabel)]
    assert len(labels) > least
    for label in labels:
        assert height_of(label, label.currentText()) <= label.rect().height() + 0.05, label.id()
        assert "[%" not in label.currentText()


def test_page__a_box_has_a_row_a_card_and_a_map_of_it(strained, open_day):
    sheet = layout(open_day(strained), "a4-portrait-colour", "01")
    numbers = [item.currentText() for item in sheet.items()
               if isinstance(item, QgsLayoutItemLabel) and item.id() == "row:no"]  # fmt: skip
    maps = [item for item in sheet.items()
            if isinstance(item, QgsLayoutItemMap) and item.id() == "card:map"]  # fmt: skip
    assert sorted(map(int, numbers)) == list(range(1, 41))
    assert len(maps) == 40
    assert len({round(one.extent().center().x(), 1) for one in maps}) > 20
    assert {round(one.scale()) for one in maps} == {12000}
    bars = [item for item in sheet.items() if isinstance(item, QgsLayoutItemScaleBar)]
    assert {bar.linkedMap().uuid() for bar in bars if bar.id() == "card:scale"} == {
        one.uuid() for one in maps
    }


def test_page__maps_show_the_shift(strained, open_day):
    day = open_day(strained)
    sheet = layout(day, "a4-portrait-colour", "03", "evening")
    large = sheet.itemById("map")
    settings = large.mapSettings(large.extent(), QSizeF(600, 600), 96, True)
    names = {layer.name() for layer in settings.layers()}
    assert {"Priority of cells, evening", "Boxes, evening", "Districts", "Streets"} <= names
    assert not any(name.endswith((", day", ", night")) for name in names)


def test_legend__explains_the_classes(made, open_day):
    sheet = layout(open_day(made), "a4-portrait-colour", "01")
    legend = sheet.itemById("legend")
    assert isinstance(legend, QgsLayoutItemLegend)
    model, told = legend.model(), []
    for node in model.rootGroup().findLayers():
        told += [str(one.data(0)) for one in model.layerLegendNodes(node)]
    classes = [one["text"] for one in made["legend"]]
    assert told[: len(classes)] == classes
    assert "Box" in told
    assert "District" in told


def test_legend_classes__are_those_of_the_engine(made):
    from evenbeat.briefing.symbols import GREYS, SHARES

    words = [one["text"] for one in made["legend"]]
    assert len(words) == len(SHARES) + 1 == len(GREYS)
    uppers = [float(re.findall(r"[\d.]+", text)[-1]) / 100 for text in words[:-1]]
    assert uppers == pytest.approx(SHARES)


@pytest.mark.skipif(shutil.which("pdftotext") is None, reason="needs poppler-utils")
@pytest.mark.parametrize("name", ["a4-portrait-colour", "letter-landscape-grey"])
def test_pdf__says_everything(strained, open_day, tmp_path, name):
    from evenbeat.briefing.export import Order, export
    from evenbeat.briefing.templates import template_named

    day = open_day(strained, grey=name.endswith("grey"))
    (path,) = export(
        day, template_named(name, None).document(),
        Order(tmp_path, shifts=["day"], districts=["01", "02"]), QgsFeedback(),
    )  # fmt: skip
    done = subprocess.run(["pdftotext", "-layout", str(path), "-"], check=True, capture_output=True)
    # Newer versions of Qt join "ff" and "fi" into one sign.
    plain = unicodedata.normalize("NFKC", done.stdout.decode("utf-8"))
    text = " ".join(plain.split())
    head = strained["head"]
    for wanted in (
        "Übergrößenträger-Łódź", "Señales «ñandú» ÅÄÖ čšž", "Fête de l'Été", head["run_id"],
        head["log_head"].replace("\xa0", " "), head["freshness"]["text"].replace("\xa0", " ")[:20],
        "ground to stop", "No box on this shift", "None known in or near this district",
        "40, 135 minutes in all", "Robbery, burglary, motor", "cap on minutes was reached",
        "Unit 01-8", "Be there at closing time", "uses police powers", "Not reviewed yet",
    ):  # fmt: skip
        assert wanted in text, wanted
    assert "hold" not in text.lower()
    assert re.search(r"\b1 of [12]\d\b", text)


@pytest.mark.slow
def test_pdf__atlas_of_25_districts(made, open_day, tmp_path, capsys):
    from evenbeat.briefing.export import Order, export, pages_of
    from evenbeat.briefing.templates import template_named

    day = open_day(briefing_days.strained(made, tmp_path / "day", crowded=3, districts=25))
    order = Order(tmp_path / "out", shifts=["day"])
    assert len(pages_of(day, order)) == 25
    document = template_named("letter-portrait-colour", None).document()
    began = time.perf_counter()
    (path,) = export(day, document, order, QgsFeedback())
    seconds = time.perf_counter() - began
    assert path.read_bytes().startswith(b"%PDF")
    with capsys.disabled():
        print(f"\natlas of 25 districts: {seconds:.1f} s; bar 60 s")


def test_layers__carry_nothing_of_hold_outs(made, open_day):
    day = open_day(made)
    for layer in day.boxes.values():
        assert "instead" not in layer.fields().names()
        for feature in layer.getFeatures():
            assert "hold" not in str(feature["instead_words"])


def test_gpkg__is_left_as_it_was(made, open_day):
    before = sorted(path.name for path in Path(made["path"]).parent.glob("*.gpkg*"))
    open_day(made)
    assert sorted(path.name for path in Path(made["path"]).parent.glob("*.gpkg*")) == before


def test_templates__come_of_one_description(tmp_path, plugin):
    from evenbeat.briefing.templates import FOLDER

    if not harness.ROOT.joinpath("scripts/write_layouts.py").is_file():
        pytest.skip("the scripts are not there")
    subprocess.run(
        [sys.executable, "-W", "ignore", str(harness.ROOT / "scripts" / "write_layouts.py"),
         str(tmp_path)],
        check=True, capture_output=True,
    )  # fmt: skip
    assert sorted(path.stem for path in FOLDER.glob("*.qpt")) == sorted(TEMPLATES)
    for name in TEMPLATES:
        assert _places(tmp_path / f"{name}.qpt") == _places(FOLDER / f"{name}.qpt")


def _places(path):
    """Return the names, places and texts of a template's items.

    A scale bar is as wide as its numbers, so its size depends on this computer's fonts.
    """
    from xml.etree import ElementTree

    return [
        (item.get("id"), item.get("positionOnPage"), item.get("labelText"),
         None if item.get("id").split(":")[-1] == "scale" else item.get("size"))
        for item in ElementTree.parse(path).getroot().iter("LayoutItem")
    ]  # fmt: skip


def test_template__the_workspace_comes_first(plugin, tmp_path):
    from evenbeat.briefing.templates import FOLDER, template_named, templates

    own = tmp_path / "layouts"
    own.mkdir()
    shutil.copy(FOLDER / "a4-portrait-colour.qpt", own)
    shutil.copy(FOLDER / "a4-portrait-grey.qpt", own / "night-grey.qpt")
    assert template_named("a4-portrait-colour", tmp_path).path.parent == own
    assert [one.name for one in templates(tmp_path) if one.own] == [
        "a4-portrait-colour", "night-grey"
    ]  # fmt: skip
    assert template_named("night-grey", tmp_path).grey
    with pytest.raises(QgsProcessingException, match="no briefing template 'posters'"):
        template_named("posters", tmp_path)


@pytest.mark.parametrize("content", ["no layout", "<Layout/>", "<qgis/>"])
def test_template__that_is_none_is_told(made, open_day, tmp_path, content):
    from evenbeat.briefing.page import open_template
    from evenbeat.briefing.templates import template_named

    path = tmp_path / "odd.qpt"
    path.write_text(content, "utf-8")
    day = open_day(made)
    with pytest.raises(QgsProcessingException, match="template"):
        open_template(day, template_named(str(path), None).document())


def test_export__of_no_page_is_told(made, open_day, tmp_path):
    from evenbeat.briefing.export import Order, export
    from evenbeat.briefing.templates import template_named

    document = template_named("a4-portrait-colour", None).document()
    with pytest.raises(QgsProcessingException, match="The shifts are day, evening, night"):
        export(open_day(made), document, Order(tmp_path, shifts=["dawn"]), QgsFeedback())
    blocked = tmp_path / "file"
    blocked.write_text("", "utf-8")
    with pytest.raises(QgsProcessingException, match="Choose another folder"):
        export(open_day(made), document, Order(blocked / "in"), QgsFeedback())


def test_export__another_part_of_the_run_has_another_file(made, open_day, tmp_path):
    from evenbeat.briefing.export import Order, export
    from evenbeat.briefing.templates import template_named

    day, document = open_day(made), template_named("a4-portrait-grey", None).document()
    files = [
        export(day, document, Order(tmp_path, "pdf", ["day"], [district], dpi=60), QgsFeedback())[0]
        for district in ("01", "02")
    ]
    assert sorted(tmp_path.iterdir()) == sorted(files)
    assert [path.name.split("-")[-2] for path in files] == ["01", "02"]


def test_export__cancelled_leaves_nothing(made, open_day, tmp_path):
    from evenbeat.briefing.export import Order, export
    from evenbeat.briefing.templates import template_named

    feedback = QgsFeedback()
    feedback.progressChanged.connect(lambda percent: feedback.cancel() if percent > 15 else None)
    document = template_named("a4-portrait-grey", None).document()
    assert export(open_day(made), document, Order(tmp_path), feedback) == []
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("kind", ["png", "svg"])
def test_export__pictures(made, open_day, tmp_path, kind):
    from evenbeat.briefing.export import Order, export
    from evenbeat.briefing.templates import template_named

    order, day = Order(tmp_path, kind, ["day"], ["01"], dpi=60), open_day(made)
    files = export(day, template_named("a4-portrait-colour", None).document(), order, QgsFeedback())
    sheet = layout(day, "a4-portrait-colour", "01", "day")
    assert sorted(files) == sorted(tmp_path.iterdir())
    # How many there are depends on the version's height of lines.
    assert len(files) == sheet.pageCollection().pageCount() >= 2
    assert all(path.stat().st_size > 5000 for path in files)


def test_algorithm__a_pdf_of_a_shift(plugin, demo, tmp_path):
    import processing

    result = processing.run(
        "evenbeat:briefingatlas",
        {"WORKSPACE": str(demo), "DATE": harness.DEMO_DATE, "SHIFTS": "night", "FORMAT": "pdf",
         "FOLDER": str(tmp_path)},
        feedback=QgsProcessingFeedback(),
    )  # fmt: skip
    assert result["FILES"] == 1
    assert Path(result["FILE"]).read_bytes().startswith(b"%PDF")
    assert result["RUN"] in result["FILE"]

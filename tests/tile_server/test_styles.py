"""Styles: right classes, and colours that differ for everybody."""

import itertools
import json
import re
from pathlib import Path

import jsonschema
import numpy as np
import pytest

from evenbeat.core.errors import ConfigError
from evenbeat.core.store.area_classes import area_classes
from evenbeat.core.store.manifest import AreaClass
from evenbeat.core.store.tile_levels import REST, classify
from evenbeat.tile_server.styles.legend_entries import legend
from evenbeat.tile_server.styles.style_book import StyleBook
from evenbeat.tile_server.styles.style_files import load_styles, parse_style, style_schema
from evenbeat.tile_server.styles.style_models import ClassStyle
from evenbeat.tile_server.styles.value_scale import ValueScale

# Machado, Oliveira & Fernandes 2009, severity 1, on linear RGB. DOI 10.1109/TVCG.2009.113
VISION = {
    "normal": np.eye(3),
    "protanopia": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216],
                   [-0.003882, -0.048116, 1.051998]],
    "deuteranopia": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413],
                     [-0.011820, 0.042940, 0.968881]],
    "tritanopia": [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602],
                   [0.004733, 0.691367, 0.303900]],
}  # fmt: skip
_LAND = np.array([0xFB, 0xFB, 0xF8]) / 255


def linear(paint):
    colour = np.array(paint.rgba[:3]) / 255 * paint.opacity + _LAND * (1 - paint.opacity)
    return np.where(colour <= 0.04045, colour / 12.92, ((colour + 0.055) / 1.055) ** 2.4)


def lab(colour):
    """Return CIE L*a*b* of a linear RGB colour."""
    matrix = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722],
                       [0.0193, 0.1192, 0.9505]])  # fmt: skip
    scaled = matrix @ np.clip(colour, 0, 1) / np.array([0.9505, 1.0, 1.089])
    cube = np.where(scaled > 0.008856, np.cbrt(scaled), 7.787 * scaled + 16 / 116)
    return np.array([116 * cube[1] - 16, 500 * (cube[0] - cube[1]), 200 * (cube[1] - cube[2])])


STYLES = load_styles()


def paints_of(style):
    """Return a style's paints from low to high; of differences, from no change to more."""
    if isinstance(style, ClassStyle):
        return [style.rest, *style.classes]
    return [stop for stop in style.stops if stop.at >= 0]


def falls_of(style):
    return [stop for stop in reversed(style.stops) if stop.at <= 0]


def seen(paints, vision):
    return [lab(np.asarray(VISION[vision]) @ linear(paint)) for paint in paints]


@pytest.mark.parametrize("style", STYLES.values(), ids=lambda style: style.id)
def test_styles__higher_is_darker(style):
    arms = [paints_of(style), *([falls_of(style)] if style.kind == "difference" else [])]
    for arm in arms:
        lightness = [lab(linear(paint))[0] for paint in arm]
        assert lightness == sorted(lightness, reverse=True)


@pytest.mark.parametrize("vision", VISION)
@pytest.mark.parametrize("name", ["colour-blind-safe", "print", "times-average", "minutes"])
def test_styles__neighbours_differ_for_everybody(name, vision):
    colours = seen(paints_of(STYLES[name]), vision)
    for lower, higher in itertools.pairwise(colours):
        assert lower[0] - higher[0] >= 3.5  # lighter to darker, whoever looks
        assert np.linalg.norm(higher - lower) >= 9
    assert colours[0][0] - colours[-1][0] >= 60


@pytest.mark.parametrize("vision", VISION)
def test_styles__colour_blind_safe_classes_differ_by_lightness_alone(vision):
    colours = seen(paints_of(STYLES["colour-blind-safe"]), vision)
    for lower, higher in itertools.pairwise(colours):
        assert lower[0] - higher[0] >= 8
        assert np.linalg.norm(higher - lower) >= 15


def test_styles__print_is_grey_with_even_steps_and_leaves_the_rest_white():
    style = STYLES["print"]
    assert style.palette[REST, 3] == 0
    for paint in style.classes:
        red, green, blue, alpha = paint.rgba
        assert red == green == blue
        assert alpha == 255
    lightness = [100.0, *(lab(linear(paint))[0] for paint in style.classes)]
    assert (-np.diff(lightness) >= 14).all()


@pytest.mark.parametrize("vision", VISION)
@pytest.mark.parametrize("name", ["change", "change-minutes"])
def test_styles__less_and_more_are_told_apart_by_everybody(name, vision):
    style = STYLES[name]
    assert [stop.at for stop in style.stops] == [-stop.at for stop in reversed(style.stops)]
    rises, falls = seen(paints_of(style), vision), seen(falls_of(style), vision)
    for rise, fall in list(zip(rises, falls, strict=True))[2:]:  # beyond hardly any change
        assert np.linalg.norm(rise - fall) >= 20
        assert abs(rise[0] - fall[0]) <= 12  # neither looks like more than the other
    for arm in (rises, falls):
        for lower, higher in itertools.pairwise(arm):
            assert np.linalg.norm(higher - lower) >= 5


def test_classify__indices_by_share_and_nothing_where_unknown():
    values = np.arange(1000, dtype=np.float32).reshape(20, 50)
    known = np.ones_like(values, bool)
    known[0, :10] = False
    classes = area_classes(values)
    index = classify(values, known, classes)
    assert (index[0, :10] == 0).all()
    assert np.bincount(index.ravel()).tolist() == [10, 940, 30, 10, 5, 5]
    assert (index.ravel()[-5:] == 5).all()


def test_classify__a_class_without_cells_is_never_drawn():
    tied = np.where(np.arange(200) < 150, 0.0, 1.0)
    classes = area_classes(tied)
    assert {entry.value for entry in classes} == {None}
    assert set(classify(tied, np.ones(200, bool), classes)) == {1}


def scale_of(classes=(), **figures):
    return ValueScale(**{"units": "1", "average": 0.1, "highest": 9.0, "classes": classes,
                         **figures})  # fmt: skip


def published_classes():
    return tuple(AreaClass(share=share, value=value, cells=3) for share, value in
                 {0.005: 0.5, 0.01: 0.4, 0.02: 0.3, 0.05: None}.items())  # fmt: skip


def test_legend__highest_first_with_values():
    entries = legend(STYLES["heat"], scale_of(published_classes()))
    assert [entry["share"] for entry in entries] == [0.005, 0.01, 0.02, 0.05, 1.0]
    assert [entry["from_value"] for entry in entries] == [0.5, 0.4, 0.3, None, 0.0]
    assert entries[0]["words"] == "Highest 0.5 % of the area: 0.5 or more"
    assert entries[3]["words"] == "Highest 5 % of the area (no cells)"


def test_legend__of_ramps_has_values_in_units_and_only_what_is_shown():
    entries = legend(STYLES["minutes"], scale_of(units="min"))
    assert [entry["words"] for entry in entries][:2] == ["240 min or more", "120 min or more"]
    assert [entry["from_value"] for entry in entries] == [240, 120, 60, 30, 15, 1]
    entries = legend(STYLES["times-average"], scale_of())
    assert entries[0]["words"] == "50 × the average cell: 5"
    assert entries[-1]["from_value"] == 0
    high = StyleBook()["times-average~top1"]
    entries = legend(high, scale_of(published_classes()))
    assert [entry["from_value"] for entry in entries] == [5, 2, 1, 0.5, 0.4]
    assert entries[-1]["words"] == "Highest 1 % of the area, the lowest: 0.4"
    assert legend(StyleBook()["times-average~top5"], scale_of(published_classes())) == []


def test_legend__of_differences_says_more_and_less_in_units():
    entries = legend(STYLES["change-minutes"], scale_of(units="min", is_difference=True))
    assert entries[0]["words"] == "+120 min"
    assert entries[-1]["words"] == "−120 min"
    assert 0 not in [entry["from_value"] for entry in entries]
    entries = legend(STYLES["change"], scale_of(is_difference=True))
    assert entries[-1]["words"] == "−10 × the average cell: −1"


def document(style="heat", **changes):
    return json.dumps({**STYLES[style].model_dump(exclude_none=True), **changes})


CLASSES = STYLES["heat"].model_dump()["classes"]
STOPS = [{"at": 1, "colour": "#ffffff", "opacity": 1}, {"at": 2, "colour": "#000000", "opacity": 1}]


@pytest.mark.parametrize(("content", "words"), [
    ("{", "the file: Invalid JSON"),
    ("[]", "the file: "),
    ('{"id": "x"}', "kind: must be one of classes, ramp, difference"),
    (document(kind="pie"), "kind: must be one of"),
    (document(classes=CLASSES[:2]), "classes must have the shares"),
    (document(rest={"colour": "red", "opacity": 1}), "rest.colour: must be a colour such as"),
    (document(rest={"colour": "#ffffff", "opacity": 2}), "rest.opacity: .*equal to 1, got 2"),
    (document(id="Heat Map"), "id: .*got 'Heat Map'"),
    (document(id="minus"), "id must not be one of"),
    (document(colour="red"), "colour: must be a colour"),
    (document(titel="x"), "titel: Extra inputs are not permitted"),
    (document(threshold={"share": 0.3}), "share must be one of"),
    (document(threshold={"at": 3}), "must be a share"),
    (document(threshold={"at": 3, "share": 0.01}), "either share or at"),
    (document("minutes", stops=STOPS[::-1]), "increasing values"),
    (document("minutes", stops=STOPS[:1]), "stops: .*at least 2"),
    (document("minutes", units=None), "must say units"),
    (document("times-average", stops=[{**STOPS[0], "at": -1}, STOPS[1]]), "not be below 0"),
    (document("change", stops=STOPS), "reach from below 0"),
    (document("change", threshold={"share": 0.01}), "must be at a size"),
    (document("minutes", stops=[{**STOPS[0], "at": float("nan")}, STOPS[1]]), "stops.0.at"),
])  # fmt: skip
def test_parse_style__errors_name_file_and_field(content, words):
    with pytest.raises(ConfigError, match=words) as caught:
        parse_style(content, origin="styles/ours.json")
    assert str(caught.value).startswith("styles/ours.json is not a usable style: ")


def test_parse_style__shipped_files_follow_the_schema_that_is_served():
    schema = style_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    for style in STYLES.values():
        jsonschema.validate(json.loads(style.model_dump_json(exclude_none=True)), schema)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({"kind": "classes", "id": "x"}, schema)


def test_load_styles__own_ones_come_beside_and_stand_before(tmp_path):
    (tmp_path / "a.json").write_text(document(id="ours", order=-1))
    (tmp_path / "b.json").write_text(
        document(title="Our heat", **{"$schema": "https://x/v1/styles/schema.json"})
    )
    (tmp_path / "notes.txt").write_text("no style")
    found = load_styles(tmp_path)
    assert next(iter(found)) == "ours"
    assert set(found) == {*STYLES, "ours"}
    assert found["heat"].title == "Our heat"
    assert [style.id for style in found.values() if style.is_own] == ["ours", "heat"]
    assert load_styles(tmp_path / "no folder") == STYLES


def test_load_styles__two_of_an_id_variants_and_too_many_are_refused(tmp_path):
    (tmp_path / "a.json").write_text(document(id="ours"))
    (tmp_path / "b.json").write_text(document(id="ours"))
    with pytest.raises(ConfigError, match=r"b.json and a.json both have the id 'ours'"):
        load_styles(tmp_path)
    (tmp_path / "b.json").write_text(document(id="ours~top1"))
    with pytest.raises(ConfigError, match="must not have a ~"):
        load_styles(tmp_path)
    (tmp_path / "b.json").write_text(" " * 70_000)
    with pytest.raises(ConfigError, match="has more than 65536 bytes"):
        load_styles(tmp_path)
    for number in range(65):
        (tmp_path / f"{number}.json").write_text(document(id=f"n{number}"))
    with pytest.raises(ConfigError, match="at most 64"):
        load_styles(tmp_path)


def test_book__variants_are_found_and_bounded():
    book = StyleBook()
    assert set(book) == set(STYLES)
    assert book["heat"] is book["heat"]
    some = book["heat~top1~opacity50"]
    assert some is book["heat~top1~opacity50"]
    full = book["heat"].palette.astype(int)
    assert not some.palette[:4].any()
    np.testing.assert_array_equal(some.palette[4:, :3], full[4:, :3])
    np.testing.assert_allclose(some.palette[4:, 3], full[4:, 3] / 2, atol=1)
    assert len({book[name].revision for name in
                ("heat", "heat~top1", "heat~opacity50", "heat~top1~opacity50")}) == 4  # fmt: skip
    spellings = [f"heat{top}{opacity}" for top in ("", "~top0.5", "~top1", "~top2", "~top5")
                 for opacity in ("", *(f"~opacity{part}0" for part in range(1, 10)))]  # fmt: skip
    assert all(name in book for name in spellings)
    assert len(spellings) == 50


@pytest.mark.parametrize("name", [
    "heat~", "heat~top3", "heat~top1.0", "heat~top01", "heat~opacity5", "heat~opacity100",
    "heat~opacity00", "heat~opacity050", "heat~opacity50~top1", "heat~top1~top1", "plaid~top1",
    "HEAT", "heat ", "heat\n", "change~top1", "heat~top٥", "~top1", "",
])  # fmt: skip
def test_book__other_spellings_are_no_styles(name):
    assert name not in StyleBook()


def test_book__files_that_change_are_read_again_and_bad_ones_change_nothing(tmp_path, caplog):
    path, now = tmp_path / "ours.json", [0.0]
    path.write_text(document(id="ours"))
    book = StyleBook(tmp_path, clock=lambda: now[0])
    before = book["ours"].revision, book["ours~top1"].revision
    path.write_text(document(id="ours", rest={"colour": "#123456", "opacity": 0.5}))
    assert book["ours"].revision == before[0]  # it looks every other second
    now[0] += 3
    assert book["ours"].revision != before[0]
    changed = book["ours"].revision
    path.write_text("{")
    now[0] += 3
    assert book["ours"].revision == changed
    assert "stay as they were" in caplog.text
    assert "ours.json" in caplog.text
    with pytest.raises(ConfigError, match=r"ours\.json"):
        book.reload()
    assert book["ours"].revision == changed
    path.write_text(document(id="ours"))
    book.reload()
    assert book["ours"].revision == before[0]
    path.unlink()
    now[0] += 3
    assert "ours" not in book
    with pytest.raises(ConfigError, match=r"ours\.json"):
        path.write_text("{")
        StyleBook(tmp_path)


def test_service__styles_of_the_workspace_are_served(published, connect, tmp_path):
    (tmp_path / "ours.json").write_text(document(id="ours", order=-1, title="Ours"))
    client = connect(published, styles=tmp_path)
    listed = client.get("/v1/styles").json()
    assert [style["id"] for style in listed][:2] == ["ours", "heat"]
    assert client.get("/v1/styles/ours.json").json()["title"] == "Ours"
    assert client.get("/v1/styles/heat~top1.json").json()["threshold"] == {"share": 0.01}
    assert client.get("/v1/styles/plaid.json").status_code == 404
    assert "$defs" in client.get("/v1/styles/schema.json").json()
    # A style that may change is kept for a minute, also where the version never changes.
    for style, words in (("ours", "max-age=60"), ("heat", "immutable")):
        address = f"/v1/tiles/risk-robbery/latest/night/{style}/tilejson.json"
        (tile,) = client.get(address).json()["tiles"]
        assert f"/{style}/" in tile
        place = tile.replace("http://127.0.0.1:8765", "").format(z=9, x=131, y=190)
        assert words in client.get(place).headers["cache-control"]


@pytest.mark.parametrize("letter", ["\x01", "\n", "\x7f", "\ufffe"])
def test_parse_style__words_that_xml_cannot_write_are_refused(letter):
    """One of them in a title, and no client could read the capabilities of WMTS any more."""
    for name in ("title", "description"):
        with pytest.raises(ConfigError, match=f"{name}: must be one line without control"):
            parse_style(document(id="ours", **{name: f"a{letter}b"}), origin="ours.json")
    assert parse_style(document(id="ours", title="Größe & <Zahl>"), origin="ours.json")


def test_service__a_bad_style_is_refused_at_the_start(published, connect, tmp_path):
    (tmp_path / "ours.json").write_text(document(id="ours", title=""))
    with pytest.raises(ConfigError, match=r"ours.json is not a usable style: title"):
        connect(published, styles=tmp_path)


def test_service__a_style_of_another_unit_is_refused_with_advice(client):
    for place in ("12/1049/1520.png", "legend.json", "tilejson.json", "style.qml"):
        answer = client.get(f"/v1/tiles/risk-robbery/latest/night/minutes/{place}")
        assert answer.status_code == 404
        assert "minutes is for values in min" in answer.json()["detail"]
    answer = client.get("/v1/tiles/risk-robbery/latest/night/change/legend.json")
    assert "is for differences" in answer.json()["detail"]


def test_documentation__its_example_is_a_style():
    text = (Path(__file__).parents[2] / "docs" / "tiles.md").read_text()
    (example,) = re.findall(r"```json\n(.*?)```", text, re.DOTALL)
    style = parse_style(example, origin="docs/tiles.md")
    assert [entry["from_value"] for entry in legend(style, scale_of(units="min"))] == [240, 30]
    assert style.fits("min")
    for name in STYLES:
        assert f"`{name}`" in text

"""Styles: right classes, and colours that differ for everybody."""

import numpy as np
import pytest
from pydantic import ValidationError

from evenbeat.core.store.manifest import AreaClass, area_classes
from evenbeat.tile_server.styles.style_files import Style, classify, legend, load_styles

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


@pytest.mark.parametrize("style", load_styles().values(), ids=lambda style: style.id)
def test_styles__higher_is_darker(style):
    lightness = [lab(linear(paint))[0] for paint in (style.rest, *style.classes)]
    assert lightness == sorted(lightness, reverse=True)


@pytest.mark.parametrize("vision", VISION)
def test_styles__colour_blind_safe_classes_differ_for_everybody(vision):
    style = load_styles()["colour-blind-safe"]
    seen = [lab(np.asarray(VISION[vision]) @ linear(paint))
            for paint in (style.rest, *style.classes)]  # fmt: skip
    for higher, lower in zip(seen[1:], seen[:-1], strict=True):
        assert lower[0] - higher[0] >= 8  # lightness alone tells them apart
        assert np.linalg.norm(higher - lower) >= 15


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


def test_legend__highest_first_with_values():
    values = {0.005: 0.5, 0.01: 0.4, 0.02: 0.3, 0.05: None}
    classes = [AreaClass(share=share, value=value, cells=3) for share, value in values.items()]
    entries = legend(load_styles()["heat"], classes)
    assert [entry["share"] for entry in entries] == [0.005, 0.01, 0.02, 0.05, 1.0]
    assert [entry["from_value"] for entry in entries] == [0.5, 0.4, 0.3, None, 0.0]


def test_style__must_cover_the_published_classes():
    document = load_styles()["heat"].model_dump()
    with pytest.raises(ValidationError, match="classes must be"):
        Style.model_validate({**document, "classes": document["classes"][:2]})
    with pytest.raises(ValidationError, match="colour"):
        Style.model_validate({**document, "rest": {"colour": "red", "opacity": 1.0}})

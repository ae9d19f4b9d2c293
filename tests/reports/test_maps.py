"""The maps of the briefing: classes, colours, pictures."""

from __future__ import annotations

import io

import numpy as np
from PIL import Image
from planning.cities import city_grid

from evenbeat.core.reports import maps


def test_priority_classes__shares_of_the_area():
    grid = city_grid(height=40, width=50, districts=1)
    surface = np.random.default_rng(2).random(grid.shape).astype(np.float32)
    classes = maps.priority_classes(surface, grid)
    assert (classes[~grid.mask] == maps.NO_CLASS).all()
    for index, share in enumerate(maps.CLASS_SHARES):
        assert (classes <= index).sum() == np.ceil(share * grid.n_inside)
    best = surface[grid.mask].max()
    assert classes[surface == best].max() == 0
    zero = maps.priority_classes(np.zeros_like(surface), grid)
    assert set(np.unique(zero)) == {len(maps.CLASS_SHARES), maps.NO_CLASS}


def test_palette_png__is_read_back_by_others():
    classes = np.array([[0, 1, 2], [3, 6, 5]], dtype=np.uint8)
    picture = np.asarray(Image.open(io.BytesIO(maps.palette_png(classes))).convert("RGBA"))
    for (row, column), index in np.ndenumerate(classes):
        if index == maps.NO_CLASS:
            assert picture[row, column, 3] == 0
        else:
            red, green, blue, alpha = picture[row, column]
            assert f"#{red:02x}{green:02x}{blue:02x}" == maps.CLASS_COLOURS[index]
            assert alpha == 255


def test_class_colours__lighten_evenly_for_grey_print():
    light = [sum(w * int(c[i : i + 2], 16) for w, i in ((0.2126, 1), (0.7152, 3), (0.0722, 5)))
             for c in maps.CLASS_COLOURS]  # fmt: skip
    assert min(np.diff(light)) > 15

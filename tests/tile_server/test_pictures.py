"""Palette PNGs: other programs read exactly the colours that were meant."""

import io

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays
from PIL import Image

from evenbeat.tile_server.tiles.pictures import empty_picture, picture, pixels

PALETTE = np.array([(0, 0, 0, 0), (9, 8, 7, 60), (255, 0, 0, 255), (0, 77, 255, 128)], np.uint8)


def decoded(content):
    return np.asarray(Image.open(io.BytesIO(content)).convert("RGBA"))


@given(
    arrays(np.uint8, array_shapes(min_dims=2, max_dims=2, max_side=40), elements=st.integers(0, 3))
)
def test_picture__decodes_to_the_palette(index):
    content = picture(*index.shape, PALETTE, pixels(index))
    np.testing.assert_array_equal(decoded(content), PALETTE[index])


def test_picture__one_pixel_part_serves_any_palette():
    index = np.random.default_rng(1).integers(0, 4, (256, 256), dtype=np.uint8)
    part = pixels(index)
    np.testing.assert_array_equal(
        decoded(picture(256, 256, PALETTE[::-1].copy(), part)), PALETTE[::-1][index]
    )


def test_empty_picture__is_small_and_transparent():
    content = empty_picture(256)
    assert len(content) < 150
    assert decoded(content).shape == (256, 256, 4)
    assert not decoded(content)[..., 3].any()

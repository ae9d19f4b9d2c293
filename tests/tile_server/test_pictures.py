"""Palette PNGs: other programs read exactly the colours that were meant."""

import io

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays
from PIL import Image

from evenbeat.core.store.indexed_png import grey_head
from evenbeat.tile_server.tiles.pictures import (
    STORED_HEAD,
    empty_picture,
    picture,
    pixels,
    repaint,
)

PALETTE = np.array([(0, 0, 0, 0), (9, 8, 7, 60), (255, 0, 0, 255), (0, 77, 255, 128)], np.uint8)


def decoded(content):
    return np.asarray(Image.open(io.BytesIO(content)).convert("RGBA"))


@given(
    arrays(np.uint8, array_shapes(min_dims=2, max_dims=2, max_side=40), elements=st.integers(0, 3))
)
def test_picture__decodes_to_the_palette(index):
    content = picture(*index.shape, PALETTE, pixels(index))
    np.testing.assert_array_equal(decoded(content), PALETTE[index])


@given(
    arrays(
        np.uint8,
        array_shapes(min_dims=2, max_dims=2, max_side=20).map(
            lambda shape: (shape[0], 2 * shape[1])
        ),
        elements=st.integers(0, 3),
    )
)
def test_picture__of_four_bits_decodes_to_the_palette(index):
    content = picture(*index.shape, PALETTE, pixels(index, bits=4), bits=4)
    np.testing.assert_array_equal(decoded(content), PALETTE[index])


def test_repaint__takes_stored_pictures_of_any_bits():
    index = np.random.default_rng(2).integers(0, 4, (256, 256), dtype=np.uint8)
    for bits in (4, 8):
        head = grey_head(256, 256, bits=bits)
        assert len(head) == len(STORED_HEAD)
        whole = picture(256, 256, PALETTE, pixels(index, bits=bits), bits=bits)
        stored = head + whole[len(whole) - len(pixels(index, bits=bits)) - 12 :]
        assert repaint(stored, whole[: len(whole) - len(stored) + len(head)]) == whole


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

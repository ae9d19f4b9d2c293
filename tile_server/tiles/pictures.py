"""The pictures that are sent: a stored tile in a style's colours, and the empty one."""

from __future__ import annotations

import zlib

import numpy as np
import numpy.typing as npt

from evenbeat.core.store.indexed_png import chunk, grey_head, palette_head, picture, pixels

__all__ = ["empty_picture", "palette_head", "picture", "pixels", "repaint"]

TILE_SIZE = 256
STORED_HEAD = grey_head(TILE_SIZE, TILE_SIZE)
_AFTER_HEAD = len(STORED_HEAD)


def repaint(stored: bytes, head: bytes) -> bytes:
    """Return a stored tile in other colours, without decoding a pixel.

    Parameters
    ----------
    stored
        A tile of an archive, which starts with ``STORED_HEAD``.
    head
        What ``palette_head`` returned.
    """
    return head + stored[_AFTER_HEAD:]


def empty_picture(size: int) -> bytes:
    """Return a small PNG that is transparent everywhere."""
    rows = bytes(size * (1 + size // 8))
    clear: npt.NDArray[np.uint8] = np.zeros((1, 4), np.uint8)
    return picture(size, size, clear, chunk(b"IDAT", zlib.compress(rows, 9)), bits=1)

"""PNG with a palette: pixels and colours are stored apart, so a style is a change of header."""

from __future__ import annotations

import struct
import zlib

import numpy as np
import numpy.typing as npt

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_INDEXED = 3


def pixels(index: npt.NDArray[np.uint8]) -> bytes:
    """Return the pixel part of a PNG: one palette index a pixel, any style fits.

    Parameters
    ----------
    index
        Shape ``(height, width)``.
    """
    height, width = index.shape
    rows = np.zeros((height, width + 1), np.uint8)  # each row starts with its filter: none
    rows[:, 1:] = index
    return _chunk(b"IDAT", zlib.compress(rows.tobytes(), 6))


def picture(
    height: int, width: int, palette: npt.NDArray[np.uint8], pixel_part: bytes, *, bits: int = 8
) -> bytes:
    """Return a whole PNG from its pixel part and a palette.

    Parameters
    ----------
    height, width
        Size in pixels.
    palette
        Shape ``(colours, 4)``: red, green, blue, alpha of each index.
    pixel_part
        What ``pixels`` returned.
    bits
        Bits of an index in the pixel part.
    """
    header = struct.pack(">IIBBBBB", width, height, bits, _INDEXED, 0, 0, 0)
    return b"".join(
        (
            _SIGNATURE,
            _chunk(b"IHDR", header),
            _chunk(b"PLTE", palette[:, :3].tobytes()),
            _chunk(b"tRNS", palette[:, 3].tobytes()),
            pixel_part,
            _chunk(b"IEND", b""),
        )
    )


def empty_picture(size: int) -> bytes:
    """Return a small PNG that is transparent everywhere."""
    rows = bytes(size * (1 + size // 8))
    clear = np.zeros((1, 4), np.uint8)
    return picture(size, size, clear, _chunk(b"IDAT", zlib.compress(rows, 9)), bits=1)


def _chunk(kind: bytes, content: bytes) -> bytes:
    checksum = zlib.crc32(kind + content)
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", checksum)

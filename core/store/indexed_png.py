"""PNG with one index a pixel: pixels and colours stand apart, so a style is a change of header."""

from __future__ import annotations

import struct
import zlib

import numpy as np
import numpy.typing as npt

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_GREY, _INDEXED = 0, 3
_LESS_ABOVE = 2  # the filter that stores each pixel less the one above it


def chunk(kind: bytes, content: bytes) -> bytes:
    """Return one part of a PNG with its length and checksum."""
    checksum = zlib.crc32(kind + content)
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", checksum)


END = chunk(b"IEND", b"")


def pixels(index: npt.NDArray[np.uint8]) -> bytes:
    """Return the pixel part of a PNG: one palette index a pixel, any style fits.

    Parameters
    ----------
    index
        Shape ``(height, width)``.
    """
    height, width = index.shape
    rows = np.full((height, width + 1), _LESS_ABOVE, np.uint8)
    rows[0, 1:] = index[0]
    np.subtract(index[1:], index[:-1], out=rows[1:, 1:])
    # Cells are larger than pixels, so most of it is zeros now: to look for more than runs of equal
    # bytes takes twice as long and saves next to nothing.
    packer = zlib.compressobj(6, zlib.DEFLATED, 15, 9, zlib.Z_RLE)
    return chunk(b"IDAT", packer.compress(rows.tobytes()) + packer.flush())


def palette_head(
    height: int, width: int, palette: npt.NDArray[np.uint8], *, bits: int = 8
) -> bytes:
    """Return what stands before the pixels of a PNG with a palette.

    Parameters
    ----------
    height, width
        Size in pixels.
    palette
        Shape ``(colours, 4)``: red, green, blue, alpha of each index.
    bits
        Bits of an index in the pixel part.
    """
    return b"".join(
        (
            _SIGNATURE,
            _header(height, width, bits, _INDEXED),
            chunk(b"PLTE", palette[:, :3].tobytes()),
            chunk(b"tRNS", palette[:, 3].tobytes()),
        )
    )


def grey_head(height: int, width: int) -> bytes:
    """Return what stands before the pixels of a PNG whose grey is the index; 0 is transparent.

    Grey of eight bits has the same pixel part as a palette, and takes 47 bytes instead of 1 kB.
    """
    clear = chunk(b"tRNS", b"\0\0")
    return _SIGNATURE + _header(height, width, 8, _GREY) + clear


def picture(
    height: int, width: int, palette: npt.NDArray[np.uint8], pixel_part: bytes, *, bits: int = 8
) -> bytes:
    """Return a whole PNG from its pixel part and a palette, both as above."""
    return palette_head(height, width, palette, bits=bits) + pixel_part + END


def _header(height: int, width: int, bits: int, colours: int) -> bytes:
    return chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, bits, colours, 0, 0, 0))

"""PNG with one index a pixel: pixels and colours stand apart, so a style is a change of header."""

from __future__ import annotations

import struct
import zlib

import numpy as np
import numpy.typing as npt

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_GREY, _INDEXED = 0, 3
_WHOLE_BYTE = 8
_LESS_ABOVE = 2  # the filter that stores each pixel less the one above it


def chunk(kind: bytes, content: bytes) -> bytes:
    """Return one part of a PNG with its length and checksum."""
    checksum = zlib.crc32(kind + content)
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", checksum)


END = chunk(b"IEND", b"")


def pixels(index: npt.NDArray[np.uint8], *, bits: int = 8) -> bytes:
    """Return the pixel part of a PNG: one palette index a pixel, any style fits.

    Parameters
    ----------
    index
        Shape ``(height, width)``; the width is even for four bits.
    bits
        Bits of an index: 8, or 4 where none is above 15.
    """
    held = index if bits == _WHOLE_BYTE else _two_in_a_byte(index)
    height, width = held.shape
    rows = np.empty((height, width + 1), np.uint8)
    rows[:, 0] = _LESS_ABOVE
    rows[0, 1:] = held[0]
    np.subtract(held[1:], held[:-1], out=rows[1:, 1:])
    return chunk(b"IDAT", deflated(rows))


def deflated(rows: npt.NDArray[np.uint8]) -> bytes:
    """Return the filtered rows of a PNG, compressed.

    Cells are larger than pixels, so most of it is zeros: to look for more than runs of equal bytes
    takes twice as long and saves next to nothing. ISA-L would take half the time, but its bytes
    depend on the machine, and versions are named by their bytes.
    """
    packer = zlib.compressobj(6, zlib.DEFLATED, 15, 9, zlib.Z_RLE)
    return packer.compress(rows.data) + packer.flush()


def _two_in_a_byte(index: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    """Return indices of four bits, the left one of two in the high half of a byte."""
    pairs = np.ascontiguousarray(index).view("<u2")  # left + 256 * right
    return ((pairs << 4) | (pairs >> 8)).astype(np.uint8)


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


def grey_head(height: int, width: int, *, bits: int = 8) -> bytes:
    """Return what stands before the pixels of a PNG whose grey is the index; 0 is transparent.

    Grey has the same pixel part as a palette, and takes 47 bytes for any number of bits; a palette
    of 255 colours takes 1 kB.
    """
    clear = chunk(b"tRNS", b"\0\0")
    return _SIGNATURE + _header(height, width, bits, _GREY) + clear


def picture(
    height: int, width: int, palette: npt.NDArray[np.uint8], pixel_part: bytes, *, bits: int = 8
) -> bytes:
    """Return a whole PNG from its pixel part and a palette, both as above."""
    return palette_head(height, width, palette, bits=bits) + pixel_part + END


def _header(height: int, width: int, bits: int, colours: int) -> bytes:
    return chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, bits, colours, 0, 0, 0))

"""Memory that the workers of one service share: a file that each maps."""

from __future__ import annotations

import mmap
import os
from pathlib import Path


def shared_memory(path: Path | None, size: int) -> memoryview:
    """Return so many bytes, zero at first; of a file for all its readers, without one for us alone.

    Numbers of eight bytes are read and written whole. Two workers that change the same number at
    once may lose one change; what stands here must bear that.
    """
    if path is None:
        return memoryview(mmap.mmap(-1, size))
    number = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        if os.fstat(number).st_size < size:
            os.ftruncate(number, size)
        return memoryview(mmap.mmap(number, size))
    finally:
        os.close(number)

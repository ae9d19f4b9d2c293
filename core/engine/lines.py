"""Lines in and out: bytes of a descriptor to lines of a bounded length, messages to lines."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Iterator
from typing import Any

LONGEST_LINE = 16 * 1024 * 1024
"""Bytes of a request; drawings of areas are far smaller."""
_BLOCK = 1 << 16


def lines_of(descriptor: int, *, longest: int = LONGEST_LINE) -> Iterator[bytes | None]:
    """Yield each line of a descriptor until its end; None for one that is too long.

    A line that is too long is not kept in memory; reading goes on after its end.
    """
    held, skipping = bytearray(), False
    while block := os.read(descriptor, _BLOCK):
        *whole, rest = block.split(b"\n")
        for part in whole:
            held += part
            if skipping or len(held) > longest:
                yield None
            elif held.strip():
                yield bytes(held)
            held.clear()
            skipping = False
        held += rest
        if len(held) > longest:
            skipping = True
            held.clear()
    if held.strip() and not skipping:
        yield bytes(held)


class Messages:
    """Where messages go, a line each; threads may share it.

    Parameters
    ----------
    descriptor
        Where to write.
    """

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._lock = threading.Lock()
        self.broken = False

    def send(self, identity: str | None, kind: str, **content: Any) -> None:
        """Write one message whole.

        A reader that has gone is remembered, not raised: the engine ends by itself.
        """
        document = {"id": identity, "type": kind, **content}
        line = json.dumps(document, ensure_ascii=False, allow_nan=False).encode(errors="replace")
        rest = memoryview(line + b"\n")
        with self._lock:
            try:
                while rest and not self.broken:
                    rest = rest[os.write(self._descriptor, rest) :]
            except OSError:
                self.broken = True

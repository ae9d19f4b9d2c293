"""A line for every request, written by a thread, so that no request waits for the disk."""

from __future__ import annotations

import contextlib
import json
import queue
import threading
from pathlib import Path
from typing import Any

_MOST_WAITING = 20_000
_END = None


class RequestLog:
    """Appends JSON lines to a file.

    Lines that come faster than the disk takes them are counted as lost, and the count is written.

    Parameters
    ----------
    path
        The file; made where it is missing.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._waiting: queue.Queue[dict[str, Any] | None] = queue.Queue(_MOST_WAITING)
        self._lost = 0
        self._thread = threading.Thread(target=self._write, name="request-log", daemon=True)
        path.parent.mkdir(parents=True, exist_ok=True)
        self._thread.start()

    def add(self, line: dict[str, Any]) -> None:
        """Hand over one line; returns at once."""
        try:
            self._waiting.put_nowait(line)
        except queue.Full:
            self._lost += 1

    def close(self) -> None:
        """Write what waits, then end."""
        self._waiting.put(_END)
        self._thread.join(timeout=10)

    def _write(self) -> None:
        # Unbuffered, one write for many lines: what several workers append stays whole.
        with self._path.open("ab", buffering=0) as stream:
            while True:
                lines = [self._waiting.get()]
                with contextlib.suppress(queue.Empty):
                    while len(lines) < _MOST_WAITING:
                        lines.append(self._waiting.get_nowait())
                known = [line for line in lines if line is not _END]
                if self._lost:
                    known.append({"lost_lines": self._lost})
                    self._lost = 0
                text = "".join(json.dumps(line, separators=(",", ":")) + "\n" for line in known)
                stream.write(text.encode())
                if len(known) < len(lines) or _END in lines:
                    return

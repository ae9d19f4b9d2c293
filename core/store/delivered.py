"""Minutes of patrol by day and cell as plain arrays: a plan or a review needs no more to read them.

The table ``dosage`` is Parquet for everybody. Beside it the same rows are kept as arrays, because a
reviewer's command should not wait for the libraries that read Parquet. What is kept names the
version it is of and carries a hash; where either does not fit, the table is read and kept anew.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import zipfile
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from evenbeat.core.store.files import replacing_file

if TYPE_CHECKING:
    import datetime as dt

    from evenbeat.core.store.tables import SnapshotTable

_NAMES = ("day", "row", "column", "minutes")


@dataclass(frozen=True, eq=False)
class Delivered:
    """What was delivered, a row a day and cell; a day without any has a row in no cell (-1).

    Parameters
    ----------
    day
        Days of service, ``datetime64[D]``.
    row, column
        Cells.
    minutes
        Minutes of patrol.
    """

    day: npt.NDArray[np.datetime64]
    row: npt.NDArray[np.int32]
    column: npt.NDArray[np.int32]
    minutes: npt.NDArray[np.float32]

    def __len__(self) -> int:
        return int(self.day.size)

    def between(self, first: dt.date, last: dt.date) -> Delivered:
        """Return the rows of some days, both included."""
        near = (self.day >= np.datetime64(first, "D")) & (self.day <= np.datetime64(last, "D"))
        return Delivered(*(getattr(self, name)[near] for name in _NAMES))


def read_delivered(table: SnapshotTable) -> Delivered | None:
    """Return the rows of the current snapshot; None where nothing was ever measured."""
    version = table.version
    if version is None:
        return None
    path = table.folder / "arrays.npz"
    with contextlib.suppress(OSError):
        status = path.stat()
        written = (status.st_mtime_ns, status.st_ino, status.st_size)
        kept = _kept(path, written, version)
        if kept is not None:
            return kept
    return keep_delivered(table)


def keep_delivered(table: SnapshotTable) -> Delivered:
    """Read the table and keep its rows as arrays; without the right to write it is only slower."""
    rows, version = table.read(), str(table.version)
    found = Delivered(
        rows["service_date"].to_numpy().astype("datetime64[D]"),
        rows["row"].to_numpy(np.int32), rows["column"].to_numpy(np.int32),
        rows["minutes"].to_numpy(np.float32),
    )  # fmt: skip
    arrays: dict[str, Any] = {name: getattr(found, name) for name in _NAMES}
    arrays["day"] = found.day.astype(np.int64)
    with (
        contextlib.suppress(OSError), replacing_file(table.folder / "arrays.npz") as private,
        private.open("wb") as stream,
    ):  # fmt: skip
        np.savez(stream, version=version, digest=_digest(found), **arrays)
    return found


@lru_cache(maxsize=2)
def _kept(path: Path, _written: tuple[int, int, int], version: str) -> Delivered | None:
    try:
        with np.load(io.BytesIO(path.read_bytes()), allow_pickle=False) as arrays:
            if str(arrays["version"]) != version:
                return None
            found = Delivered(
                arrays["day"].astype("datetime64[D]"), arrays["row"], arrays["column"],
                arrays["minutes"],
            )  # fmt: skip
            return found if str(arrays["digest"]) == _digest(found) else None
    except (OSError, EOFError, KeyError, ValueError, zipfile.BadZipFile):
        return None


def _digest(found: Delivered) -> str:
    digest = hashlib.sha256()
    for name in _NAMES:
        digest.update(np.ascontiguousarray(getattr(found, name)).view(np.uint8).tobytes())
    return digest.hexdigest()

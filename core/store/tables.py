"""Tables as Parquet snapshots: versions named by their content, one pointer to the current one."""

from __future__ import annotations

import contextlib
import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from evenbeat.core.errors import WorkspaceError
from evenbeat.core.store.files import (
    fingerprint,
    read_json,
    replacing_folder,
    sha256_file,
    sweep_temporaries,
    write_json,
)

if TYPE_CHECKING:
    import pandas as pd

_PART = "part-0.parquet"


@dataclass(frozen=True)
class SnapshotTable:
    """One table of the workspace.

    ``folder/<version>/[year=YYYY/]part-0.parquet`` holds a snapshot that any Parquet reader
    opens; ``folder/current.json`` names the current version and is replaced last. A version is
    named by its content, so writing the same rows twice changes nothing; partitions that did not
    change are hard links to the version before.

    Parameters
    ----------
    folder
        Where the table lives.
    partition_by
        A time column whose UTC year partitions the rows, or None for one part.
    """

    folder: Path
    partition_by: str | None = None

    @property
    def name(self) -> str:
        """Return the table's name."""
        return self.folder.name

    @property
    def exists(self) -> bool:
        """Return whether a snapshot was ever written."""
        return (self.folder / "current.json").is_file()

    @property
    def version(self) -> str | None:
        """Return the current version, or None where the table is absent."""
        pointer = read_json(self.folder / "current.json")
        return None if pointer is None else str(pointer["version"])

    def snapshot_folder(self, version: str | None = None) -> Path:
        """Return the folder of a version, by default of the current one.

        Raises
        ------
        WorkspaceError
            The table has no such version.
        """
        chosen = version or self.version
        if chosen is None or not (self.folder / chosen).is_dir():
            raise WorkspaceError(
                f"The workspace holds no {self.name}"
                f"{f' of version {version}' if version else ''}. Add a source of that role to "
                "evenbeat.toml and run: evenbeat ingest"
            )
        return self.folder / chosen

    def computed_version(self, version: str) -> str | None:
        """Return the version that the files of a snapshot make now; None where they are gone.

        It is the version itself unless a file was changed, added or removed.
        """
        folder = self.folder / version
        if not folder.is_dir():
            return None
        files = sorted(path for path in folder.rglob("*") if path.is_file())
        parts = {path.relative_to(folder).as_posix(): sha256_file(path) for path in files}
        return fingerprint(parts)[:16]

    def write(self, table: pd.DataFrame) -> bool:
        """Make a table the current snapshot; return whether anything changed.

        A GeoDataFrame is written as GeoParquet. A crash leaves the former snapshot current.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        sweep_temporaries(self.folder)
        with replacing_folder(self.folder / "incoming") as incoming:
            parts = {
                relative: _write_part(part, incoming / relative)
                for relative, part in self._partitions(table)
            }
            version = fingerprint(parts)[:16]
            self._link_unchanged(incoming, parts)
        staged, final = self.folder / "incoming", self.folder / version
        if final.exists():
            _remove(staged)
        else:
            staged.rename(final)
        changed = version != self.version
        if changed:
            write_json(
                self.folder / "current.json",
                {"version": version, "rows": len(table), "parts": parts},
            )
        return changed

    def read(self, version: str | None = None) -> pd.DataFrame:
        """Return a snapshot's rows in the order in which they were written."""
        import pandas as pd

        folder = self.snapshot_folder(version)
        parts = sorted(folder.rglob("*.parquet"))
        if not parts:
            raise WorkspaceError(
                f"The files of the table {self.name} are gone from {folder}. Restore them from a "
                "backup, or read the sources again: evenbeat ingest --force"
            )
        tables = [_read_part(path) for path in parts]
        return tables[0] if len(tables) == 1 else pd.concat(tables, ignore_index=True)

    def _partitions(self, table: pd.DataFrame) -> list[tuple[str, pd.DataFrame]]:
        if self.partition_by is None or table.empty:
            return [(_PART, table)]
        years = table[self.partition_by].dt.year
        return [
            (f"year={year:04d}/{_PART}", part.reset_index(drop=True))
            for year, part in table.groupby(years, sort=True)
        ]

    def _link_unchanged(self, incoming: Path, parts: dict[str, str]) -> None:
        pointer = read_json(self.folder / "current.json")
        if pointer is None:
            return
        for relative, digest in parts.items():
            former = self.folder / pointer["version"] / relative
            if pointer["parts"].get(relative) == digest and former.is_file():
                _share(former, incoming / relative)


def _write_part(table: pd.DataFrame, path: Path) -> str:
    """Write one part and return its SHA-256."""
    path.parent.mkdir(parents=True, exist_ok=True)
    table.to_parquet(path, index=False, compression="zstd")
    return sha256_file(path)


def _share(former: Path, fresh: Path) -> None:
    """Put a hard link to an equal file in place of a fresh copy, which stays where links fail."""
    link = fresh.with_name(f"{fresh.name}.link")
    # Network shares and FAT have no hard links; the copy only costs room.
    with contextlib.suppress(OSError):
        os.link(former, link)
        link.replace(fresh)


def _read_part(path: Path) -> pd.DataFrame:
    import pandas as pd
    import pyarrow.parquet

    if b"geo" in (pyarrow.parquet.read_schema(path).metadata or {}):
        import geopandas

        geometry: pd.DataFrame = geopandas.read_parquet(path)
        return geometry
    return pd.read_parquet(path, partitioning=None)


def _remove(folder: Path) -> None:
    import shutil

    shutil.rmtree(folder)

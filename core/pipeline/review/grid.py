"""The grid and the neighbourhood of each cell, kept as arrays so that a review need not cut them.

Cutting districts into cells takes seconds of imports; a review takes less than one. What is kept
names what it was made from and carries a hash; when either does not fit it is made again.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import zipfile
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from evenbeat.core.errors import EvenbeatError
from evenbeat.core.grid import Grid
from evenbeat.core.planning.metering.neighbourhoods import Neighbourhoods
from evenbeat.core.store.files import canonical_json, fingerprint, replacing_file

if TYPE_CHECKING:
    from evenbeat.core.store.workspace import Workspace

_FORMAT = 2
_TABLES = ("districts", "boundary", "neighbourhoods")


@dataclass(frozen=True)
class ReviewGrid:
    """The study's grid and the neighbourhoods that its cells are in."""

    grid: Grid
    neighbourhoods: Neighbourhoods


def cache_path(workspace: Workspace) -> Path:
    """Return where the arrays are kept."""
    return workspace.root / "data" / "review-grid.npz"


def review_grid(workspace: Workspace) -> ReviewGrid:
    """Return the grid and neighbourhoods of a workspace, from the kept arrays where they fit.

    Raises
    ------
    WorkspaceError
        Neither districts nor a boundary were ingested.
    """
    path, origin = cache_path(workspace), _origin(workspace)
    share = workspace.settings.plan.caps.neighbourhood_share
    with contextlib.suppress(OSError):
        written = path.stat()
        kept = _kept(path, (written.st_mtime_ns, written.st_ino, written.st_size), origin, share)
        if kept is not None:
            return kept
    grid = workspace.grid()
    made = ReviewGrid(
        grid, Neighbourhoods.of(grid, workspace.read_optional("neighbourhoods"), share)
    )
    # Without the right to write, every review only takes longer.
    with contextlib.suppress(OSError):
        _keep(path, origin, made)
    return made


def _origin(workspace: Workspace) -> str:
    """Return in one text what the arrays are a function of."""
    versions = {name: workspace.table(name).version for name in _TABLES}
    return canonical_json({
        "format": _FORMAT, "tables": versions, "crs": workspace.crs,
        "cell_size": workspace.settings.grid.cell_size,
    })  # fmt: skip


def _keep(path: Path, origin: str, made: ReviewGrid) -> None:
    grid, parts = made.grid, made.neighbourhoods
    with replacing_file(path) as temporary, temporary.open("wb") as stream:
        np.savez(
            stream, origin=origin, digest=_digest(made), crs=grid.crs, district=grid.district,
            frame=np.array([grid.cell_size, grid.west, grid.north, grid.metres_per_unit]),
            district_ids=np.array(grid.district_ids), part_of_cell=parts.of_cell,
            part_ids=np.array(parts.ids, dtype=str),
        )  # fmt: skip


@lru_cache(maxsize=4)
def _kept(
    path: Path, _written: tuple[int, int, int], origin: str, share: float
) -> ReviewGrid | None:
    """Return what the file holds, or None where it is absent, stale or damaged.

    A warm process reads it again only when it was ``_written`` anew.
    """
    try:
        with np.load(io.BytesIO(path.read_bytes()), allow_pickle=False) as arrays:
            if str(arrays["origin"]) != origin:
                return None
            cell_size, west, north, metres = arrays["frame"].tolist()
            found = ReviewGrid(
                Grid.restored(
                    str(arrays["crs"]), cell_size, west, north, arrays["district"],
                    tuple(arrays["district_ids"].tolist()), metres_per_unit=metres,
                ),
                Neighbourhoods(tuple(arrays["part_ids"].tolist()), arrays["part_of_cell"], share),
            )  # fmt: skip
            return found if str(arrays["digest"]) == _digest(found) else None
    except (OSError, EOFError, KeyError, ValueError, EvenbeatError, zipfile.BadZipFile):
        return None


def _digest(made: ReviewGrid) -> str:
    grid, parts = made.grid, made.neighbourhoods
    frame = [
        float(value) for value in (grid.cell_size, grid.west, grid.north, grid.metres_per_unit)
    ]
    cells = [
        hashlib.sha256(array.tobytes()).hexdigest() for array in (grid.district, parts.of_cell)
    ]
    names = [grid.crs, list(grid.district_ids), list(parts.ids)]
    return fingerprint([frame, list(grid.shape), names, cells])

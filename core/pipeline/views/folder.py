"""Where files for looking at go: a folder that was named, or a private one that empties itself."""

from __future__ import annotations

import contextlib
import hashlib
import shutil
import time
from pathlib import Path
from typing import TYPE_CHECKING

from platformdirs import user_cache_path

if TYPE_CHECKING:
    from evenbeat.core.store.workspace import Workspace

KEEP_DAYS = 7
"""Days after which what nobody asked for again is removed: units' tracks must not stay for ever."""
KEEP_RUNS_DAYS = 400
"""The same for rasters of runs, on which maps that people saved rely; they tell of no unit."""
RUNS = "runs"
_DAY_S = 86_400


def view_folder(workspace: Workspace, out: Path | None, *, of_runs: bool = False) -> Path:
    """Return the folder for files of a workspace.

    Parameters
    ----------
    workspace
        Whose files; each has a folder of its own.
    out
        The folder that was named; by default one in the user's cache that only they may read.
    of_runs
        Whether they show runs alone, and so are kept for `KEEP_RUNS_DAYS`.
    """
    if out is not None:
        out.mkdir(parents=True, exist_ok=True)
        return out
    views = user_cache_path("evenbeat") / "views"
    views.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder = views / hashlib.sha256(str(workspace.root).encode()).hexdigest()[:16]
    folder.mkdir(mode=0o700, exist_ok=True)
    remove_old(views)
    if of_runs:
        folder = folder / RUNS
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


def remove_old(views: Path, *, now: float | None = None) -> int:
    """Remove files that were not written for as long as they are kept; return how many."""
    at = time.time() if now is None else now
    removed = 0
    for path in [item for item in views.rglob("*") if item.is_file()]:
        days = KEEP_RUNS_DAYS if path.parent.name == RUNS else KEEP_DAYS
        # Another engine may remove the same file.
        with contextlib.suppress(OSError):
            if path.stat().st_mtime < at - days * _DAY_S:
                path.unlink()
                removed += 1
    for folder in sorted((item for item in views.rglob("*") if item.is_dir()), reverse=True):
        if not any(folder.iterdir()):
            shutil.rmtree(folder, ignore_errors=True)
    return removed

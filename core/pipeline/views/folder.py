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
_DAY_S = 86_400


def view_folder(workspace: Workspace, out: Path | None) -> Path:
    """Return the folder for files of a workspace.

    Parameters
    ----------
    workspace
        Whose files; each has a folder of its own.
    out
        The folder that was named; by default one in the user's cache that only they may read.
    """
    if out is not None:
        out.mkdir(parents=True, exist_ok=True)
        return out
    views = user_cache_path("evenbeat") / "views"
    views.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder = views / hashlib.sha256(str(workspace.root).encode()).hexdigest()[:16]
    folder.mkdir(mode=0o700, exist_ok=True)
    remove_old(views)
    return folder


def remove_old(views: Path, *, now: float | None = None) -> int:
    """Remove files that were not written for `KEEP_DAYS`; return how many."""
    oldest = (time.time() if now is None else now) - KEEP_DAYS * _DAY_S
    removed = 0
    for path in [item for item in views.rglob("*") if item.is_file()]:
        # Another engine may remove the same file.
        with contextlib.suppress(OSError):
            if path.stat().st_mtime < oldest:
                path.unlink()
                removed += 1
    for folder in sorted((item for item in views.rglob("*") if item.is_dir()), reverse=True):
        if not any(folder.iterdir()):
            shutil.rmtree(folder, ignore_errors=True)
    return removed

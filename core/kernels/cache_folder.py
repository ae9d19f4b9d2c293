"""Where compiled kernels are kept; settled without importing numba."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from platformdirs import user_cache_path


def is_writable(folder: Path) -> bool:
    """Return whether a file can be made in a folder, which is created when it is missing."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        # A trial file and not os.access, which says yes to root on a read-only file system.
        with tempfile.TemporaryFile(dir=folder):
            return True
    except OSError:
        return False


def choose_cache_folder(package: Path) -> Path | None:
    """Return the folder for compiled code when it cannot lie beside the package's files.

    Parameters
    ----------
    package
        Folder of the kernels' source files.

    Returns
    -------
    Path or None
        None when numba's own choice works, or when no folder at all is writable.
    """
    if os.environ.get("NUMBA_CACHE_DIR") or is_writable(package / "__pycache__"):
        return None
    folder = user_cache_path("evenbeat") / "kernels"
    return folder if is_writable(folder) else None

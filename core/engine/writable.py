"""Whether a workspace can be written to, said in plain words before an operation that must."""

from __future__ import annotations

from pathlib import Path

from evenbeat.core.errors import WorkspaceError
from evenbeat.core.kernels.cache_folder import is_writable


def require_writable(root: Path) -> None:
    """Refuse a workspace that can only be read; one that is not there yet is not judged.

    Raises
    ------
    WorkspaceError
        It can only be read.
    """
    folder = root.expanduser()
    if folder.is_dir() and not is_writable(folder):
        raise WorkspaceError(
            f"{folder} can be read but not changed, and this step must change it. Looking at runs, "
            "boxes and reports works. To change something, copy the workspace to a folder of your "
            "own, or ask who keeps it for write access."
        )

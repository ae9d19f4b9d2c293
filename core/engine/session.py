"""The workspaces that an engine keeps open between requests."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from evenbeat.core.store.workspace import DATABASE_FILE, OVERRIDES, SETTINGS_FILE, Workspace

if TYPE_CHECKING:
    from evenbeat.core.pipeline.context import Context
    from evenbeat.core.progress import Progress

Stamp = tuple[tuple[int, int, int] | None, ...]


class Session:
    """Opened workspaces; each is opened anew when its settings or its database were replaced."""

    def __init__(self) -> None:
        self._opened: dict[Path, tuple[Stamp, Workspace]] = {}

    def workspace(self, root: Path) -> Workspace:
        """Return a workspace, the one that is open where it still is the same.

        Raises
        ------
        WorkspaceError
            The folder is no workspace.
        ConfigError
            Its settings cannot be used.
        """
        folder = root.expanduser().resolve()
        stamp = _stamp(folder)
        kept = self._opened.get(folder)
        if kept is not None and kept[0] == stamp:
            return kept[1]
        self.forget(folder)
        workspace = Workspace.open(folder)
        self._opened[folder] = stamp, workspace
        return workspace

    def context(self, root: Path, progress: Progress) -> Context:
        """Return the context of a workspace for the person who runs this process."""
        from evenbeat.core.pipeline.context import Context, local_actor

        return Context(self.workspace(root), local_actor(), progress=progress)

    def forget(self, root: Path) -> None:
        """Close a workspace, if it is open."""
        kept = self._opened.pop(root, None)
        if kept is not None and "database" in kept[1].__dict__:
            kept[1].database.close()

    def close(self) -> None:
        """Close every workspace."""
        for root in list(self._opened):
            self.forget(root)


def _stamp(root: Path) -> Stamp:
    """Return what changes when settings are edited or the database is another file.

    Of the database only which file it is: each change of it is seen by its readers anyway.
    """
    return tuple(
        [_file_stamp(root / name) for name in (SETTINGS_FILE, *OVERRIDES)]
        + [_file_stamp(root / DATABASE_FILE, content=False)]
    )


def _file_stamp(path: Path, *, content: bool = True) -> tuple[int, int, int] | None:
    try:
        facts = path.stat()
    except OSError:
        return None
    return facts.st_ino, *((facts.st_mtime_ns, facts.st_size) if content else (0, 0))

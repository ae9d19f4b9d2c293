"""Workspaces that were open lately, the newest first."""

from __future__ import annotations

from pathlib import Path

from qgis.core import QgsSettings

_SETTING = "evenbeat/recent"
_MOST = 10
SETTINGS_FILE = "evenbeat.toml"


def recent_workspaces() -> list[str]:
    """Return those that are still there."""
    kept = QgsSettings().value(_SETTING, []) or []
    paths = [kept] if isinstance(kept, str) else list(kept)
    return [path for path in paths if is_workspace(path)]


def remember_workspace(root: str) -> None:
    """Put a workspace at the head of the list."""
    others = [path for path in recent_workspaces() if path != root]
    QgsSettings().setValue(_SETTING, [root, *others][:_MOST])


def is_workspace(root: str) -> bool:
    """Return whether a folder is a workspace."""
    return bool(root) and (Path(root) / SETTINGS_FILE).is_file()

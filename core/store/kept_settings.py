"""Settings and policy tables as they were: kept by their fingerprint, for making a day again."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path

from evenbeat.core.config import WorkspaceSettings, parse_settings
from evenbeat.core.errors import AuditError
from evenbeat.core.store.files import read_json, replacing_file, sha256_file

_FOLDER = Path("data") / "settings"


def keep_settings(root: Path, settings: WorkspaceSettings, overrides: Mapping[str, str]) -> None:
    """Keep what a run is about to use, unless it is kept already.

    Parameters
    ----------
    root
        The workspace's folder.
    settings
        Its settings.
    overrides
        Name of each policy table of the agency's own -> its SHA-256.
    """
    path = root / _FOLDER / f"{settings.fingerprint}.json"
    if not path.is_file():
        path.parent.mkdir(parents=True, exist_ok=True)
        with replacing_file(path) as private:
            # In the order of the settings, which for shifts is that of the day.
            private.write_text(settings.model_dump_json(indent=1), "utf-8")
    for name, digest in overrides.items():
        copy = root / _FOLDER / f"{digest}-{name}"
        if not copy.is_file():
            copy.parent.mkdir(parents=True, exist_ok=True)
            with replacing_file(copy) as private:
                shutil.copyfile(root / name, private)


def kept_settings(root: Path, fingerprint: str) -> WorkspaceSettings:
    """Return settings that were kept.

    Raises
    ------
    AuditError
        They are not there, or are not what the fingerprint says.
    """
    document = read_json(root / _FOLDER / f"{fingerprint}.json")
    settings = None if document is None else parse_settings(document, origin="kept settings")
    if settings is None or settings.fingerprint != fingerprint:
        raise AuditError(
            f"The settings {fingerprint[:12]} are not in {root / _FOLDER} as they were. Restore "
            "that folder from a backup."
        )
    return settings


def restore_overrides(root: Path, overrides: Mapping[str, str], target: Path) -> None:
    """Copy policy tables that were kept into a folder.

    Raises
    ------
    AuditError
        One is not there, or is not what its SHA-256 says.
    """
    for name, digest in overrides.items():
        copy = root / _FOLDER / f"{digest}-{name}"
        if not copy.is_file() or sha256_file(copy) != digest:
            raise AuditError(
                f"The table {name} of SHA-256 {digest[:12]} is not in {root / _FOLDER}. Restore "
                "that folder from a backup."
            )
        shutil.copyfile(copy, target / name)

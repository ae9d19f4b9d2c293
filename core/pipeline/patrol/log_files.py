"""Files of vehicle logs: which there are, and under what names the workspace speaks of them."""

from __future__ import annotations

import glob
import json
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import TYPE_CHECKING

from evenbeat.core.config import PingSourceSettings
from evenbeat.core.errors import ConfigError, InputError
from evenbeat.core.pipeline.patrol.secrets import keyed_hash, private_folder
from evenbeat.core.store.files import read_json, replacing_file

if TYPE_CHECKING:
    from evenbeat.core.store.workspace import Workspace

_NAMES = "log_files.json"
_ID_LENGTH = 16
_SUFFIXES = (".csv", ".tsv", ".txt", ".parquet", ".geoparquet", ".gpkg")


@dataclass(frozen=True)
class LogFile:
    """One file of a vehicle log.

    Parameters
    ----------
    path
        Where it is.
    name
        Its path as people know it, relative to the workspace where it lies inside.
    id
        Its name in parts and in the log: a keyed hash and the suffix, because names of files can
        name a unit or a person.
    source
        What the settings say of it.
    """

    path: Path
    name: str
    id: str
    source: PingSourceSettings

    def without_name(self, text: str) -> str:
        """Return a text that speaks of the file by its id alone."""
        for name in (str(self.path), self.name, self.path.name):
            text = text.replace(name, self.id)
        return text


def log_files(workspace: Workspace, key: bytes) -> list[LogFile]:
    """Return the files of every vehicle log, by source and name; the last source of a file counts.

    Raises
    ------
    ConfigError
        No vehicle log is configured.
    InputError
        A source matches no file.
    """
    sources = workspace.settings.dosage.sources
    if not sources:
        raise ConfigError(
            "evenbeat.toml names no vehicle log. Add one, for example:\n"
            '  [[dosage.sources]]\n  path = "avl/*.csv"'
        )
    found = [
        LogFile(path, name, _id_of(name, key), source)
        for source in sources
        for path in matching_files(workspace.root, source.path)
        for name in [_name(workspace.root, path)]
    ]
    return list({file.id: file for file in found}.values())


def matching_files(root: Path, pattern: str) -> list[Path]:
    """Return the files of a pattern of the settings; wildcards stand for no leading dot.

    Raises
    ------
    InputError
        There are none.
    """
    whole = root / Path(pattern).expanduser()
    found = sorted(map(Path, glob.glob(str(whole), recursive=True)))  # noqa: PTH207 - see dots
    found = [path for path in found if not path.is_dir()]
    if not found:
        raise InputError(
            f"No file matches {whole}. Paths in evenbeat.toml are relative to the workspace."
        )
    return found


def _name(root: Path, path: Path) -> str:
    inside = path.relative_to(root) if path.is_relative_to(root) else path
    return os.fsencode(inside.as_posix()).decode("utf-8", "backslashreplace")


def _id_of(name: str, key: bytes) -> str:
    plain = name.lower()
    packed = ".gz" if plain.endswith(".gz") else ""
    suffix = PurePath(plain.removesuffix(".gz")).suffix
    known = suffix if suffix in _SUFFIXES else ""
    return f"{keyed_hash(f'vehicle log {name}', key)[:_ID_LENGTH]}{known}{packed}"


def is_id(text: str) -> bool:
    """Return whether a text is the id of a file, and not the name of one."""
    return re.fullmatch(rf"[0-9a-f]{{{_ID_LENGTH}}}(\.[a-z]+)*", text) is not None


def remembered_names(workspace: Workspace) -> dict[str, str]:
    """Return id to name of the files that were read before, from the private folder."""
    return dict(read_json(private_folder(workspace) / _NAMES) or {})


def remember_names(workspace: Workspace, names: Mapping[str, str]) -> None:
    """Write down, where only the owner may read it, which file an id speaks of."""
    if names == remembered_names(workspace):
        return
    text = json.dumps(dict(names), indent=2, sort_keys=True, ensure_ascii=False) + "\n"
    with replacing_file(private_folder(workspace) / _NAMES) as path:
        path.touch(mode=0o600)
        path.write_text(text, "utf-8")

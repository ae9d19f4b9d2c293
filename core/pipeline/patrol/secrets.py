"""The agency's secret for pseudonyms: made once, kept out of everything that is handed on."""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from typing import TYPE_CHECKING

from evenbeat.core.dosage.pseudonyms import KEY_BYTES
from evenbeat.core.errors import ConfigError

if TYPE_CHECKING:
    from evenbeat.core.store.workspace import Workspace

KEY_VARIABLE = "EVENBEAT_PSEUDONYM_KEY"
_MADE_BYTES = 32


def private_folder(workspace: Workspace) -> Path:
    """Return the folder of what only its owner may read; made where it is missing."""
    folder = workspace.root / "private"
    folder.mkdir(mode=0o700, exist_ok=True)
    return folder


def pseudonym_key(workspace: Workspace) -> bytes:
    """Return the secret of the pseudonyms, by default made at random in the workspace.

    The environment variable EVENBEAT_PSEUDONYM_KEY stands before the file
    ``private/pseudonym.key``. Losing it means that units get other names from then on.

    Raises
    ------
    ConfigError
        The secret is too short, or its file holds none.
    """
    given = os.environ.get(KEY_VARIABLE, "").encode()
    if given:
        if len(given) < KEY_BYTES:
            raise ConfigError(
                f"{KEY_VARIABLE} must have at least {KEY_BYTES} bytes, got {len(given)}."
            )
        return given
    path = private_folder(workspace) / "pseudonym.key"
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return _read_key(path)
    with os.fdopen(descriptor, "w", encoding="ascii") as stream:
        stream.write(secrets.token_hex(_MADE_BYTES) + "\n")
    return _read_key(path)


def _read_key(path: Path) -> bytes:
    try:
        key = bytes.fromhex(path.read_text("ascii").strip())
    except ValueError:
        key = b""
    if len(key) < KEY_BYTES:
        raise ConfigError(
            f"{path} must hold at least {2 * KEY_BYTES} hexadecimal digits and nothing else. Put "
            "it back from a backup: with a new one all units get other names."
        )
    return key

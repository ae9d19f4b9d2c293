"""The agency's secret for pseudonyms: made once, kept out of everything that is handed on."""

from __future__ import annotations

import hmac
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


def private_folder(workspace: Workspace, *, make: bool = True) -> Path:
    """Return the folder of what only its owner may read.

    Parameters
    ----------
    make
        Make it where it is missing. Without, nothing is written.
    """
    folder = workspace.root / "private"
    if make:
        folder.mkdir(mode=0o700, exist_ok=True)
    return folder


def keyed_hash(text: str, key: bytes) -> str:
    """Return HMAC-SHA-256 of a text in hexadecimal.

    For what goes into the log: of a plain hash, whoever reads the log could find a text with few
    unknown parts by trying them all.

    References
    ----------
    RFC 2104, HMAC. doi:10.17487/RFC2104

    Examples
    --------
    >>> keyed_hash("unit 12A", b"sixteen bytes or more")[:16]
    '6c0f34e7979ef4e2'
    """
    return hmac.new(key, text.encode(), "sha256").hexdigest()


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

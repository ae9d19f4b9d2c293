"""The keys as a running service sees them: read again when their file changes."""

from __future__ import annotations

import hmac
import logging
from pathlib import Path

from evenbeat.core.errors import ConfigError
from evenbeat.tile_server.access.grants import Grant
from evenbeat.tile_server.access.keys import KeyBook, KeyRecord, hash_token, id_of_token, read_book

_LOG = logging.getLogger(__name__)


class KeyRing:
    """Looks keys up by what a client sent.

    Parameters
    ----------
    path
        The file of keys. Where it is missing or broken nothing is opened.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._written: tuple[int, int, int] | None = None
        self._book: KeyBook | None = None
        self._found: dict[str, tuple[KeyRecord, Grant]] = {}

    @property
    def book(self) -> KeyBook | None:
        """Return the keys as their file has them now."""
        try:
            status = self._path.stat()
        except OSError:
            self._written, self._book, self._found = None, None, {}
            return None
        written = (status.st_mtime_ns, status.st_ino, status.st_size)
        if written != self._written:
            try:
                self._book = read_book(self._path)
            except (ConfigError, OSError) as error:
                _LOG.error("no key is accepted: %s", error)
                self._book = None
            keys = self._book.keys if self._book is not None else ()
            self._found = {key.id: (key, Grant.of(key)) for key in keys}
            self._written = written
        return self._book

    def of_token(self, token: str) -> tuple[KeyRecord, Grant] | None:
        """Return the key that a client sent and what it opens, or None where it is none of ours."""
        key_id = id_of_token(token)
        found = self.of_id(key_id) if key_id is not None else None
        expected = found[0].sha256 if found is not None else "0" * 64
        same = hmac.compare_digest(hash_token(token), expected)
        return found if same else None

    def of_id(self, key_id: str) -> tuple[KeyRecord, Grant] | None:
        """Return a key by its id, and what it opens."""
        return self._found.get(key_id) if self.book is not None else None

"""The keys as a running service sees them: read again when their file changes."""

from __future__ import annotations

import datetime as dt
import hmac
import logging
from pathlib import Path

from evenbeat.core.errors import ConfigError
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

    @property
    def book(self) -> KeyBook | None:
        """Return the keys as their file has them now."""
        try:
            status = self._path.stat()
        except OSError:
            self._written, self._book = None, None
            return None
        written = (status.st_mtime_ns, status.st_ino, status.st_size)
        if written != self._written:
            try:
                self._book = read_book(self._path)
            except (ConfigError, OSError) as error:
                _LOG.error("no key is accepted: %s", error)
                self._book = None
            self._written = written
        return self._book

    def of_token(self, token: str) -> KeyRecord | None:
        """Return the key that a client sent, or None where it is none of ours."""
        book, key_id = self.book, id_of_token(token)
        record = book.find(key_id) if book is not None and key_id is not None else None
        expected = record.sha256 if record is not None else "0" * 64
        same = hmac.compare_digest(hash_token(token), expected)
        return record if same else None

    def of_id(self, key_id: str) -> KeyRecord | None:
        """Return a key by its id."""
        return self.book.find(key_id) if self.book is not None else None

    @staticmethod
    def is_active(record: KeyRecord, now: dt.datetime) -> bool:
        """Return whether a key opens anything now."""
        return record.state(now) == "active"

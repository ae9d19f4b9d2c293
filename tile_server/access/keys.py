"""Keys of other agencies: made here, shown once, kept as hashes with what they open."""

from __future__ import annotations

import datetime as dt
import fcntl
import hashlib
import json
import os
import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from evenbeat.core.errors import ConfigError
from evenbeat.core.store.files import replacing_file

Right = Literal["download", "assignments", "admin"]
_TOKEN = re.compile(r"evb_([0-9a-f]{8})_[A-Za-z0-9_-]{27,64}")
_WITHIN = re.compile(r"(evb_[0-9a-f]{8}_)[A-Za-z0-9_-]+")
_SECRET_BYTES = 24
_FORMAT: Literal["evenbeat-keys/1"] = "evenbeat-keys/1"


class KeyRecord(BaseModel):
    """What is kept of a key: never the key itself.

    Parameters
    ----------
    layers
        Patterns of layer ids that it opens, such as ``risk-*``.
    newest_lag_days, oldest_lag_days
        It opens dates that lie at least, and at most, so many days before today; 0 and None are no
        limits.
    maximum_zoom
        Deepest zoom of tiles; None for the service's own.
    rights
        ``download`` of rasters, ``assignments``, ``admin`` of the service itself.
    rate_per_minute
        Requests a minute; None for any number.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str = Field(pattern=r"^[0-9a-f]{8}$")
    name: str = Field(min_length=1, max_length=120)
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    layers: tuple[str, ...] = ("*",)
    newest_lag_days: int = Field(0, ge=0)
    oldest_lag_days: int | None = Field(None, ge=0)
    maximum_zoom: int | None = Field(None, ge=0, le=22)
    rights: tuple[Right, ...] = ()
    rate_per_minute: int | None = Field(None, ge=1)
    created_at: dt.datetime
    expires_at: dt.datetime | None = None
    revoked_at: dt.datetime | None = None

    def state(self, now: dt.datetime) -> Literal["active", "expired", "revoked"]:
        """Return whether the key opens anything at a moment."""
        if self.revoked_at is not None and now >= self.revoked_at:
            return "revoked"
        if self.expires_at is not None and now >= self.expires_at:
            return "expired"
        return "active"


class KeyBook(BaseModel):
    """All keys, and the secret with which addresses are signed."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    format: Literal["evenbeat-keys/1"] = _FORMAT
    signing_secret: str = Field(pattern=r"^[0-9a-f]{64}$")
    keys: tuple[KeyRecord, ...] = ()

    def find(self, key_id: str) -> KeyRecord | None:
        """Return a key by its id."""
        return next((key for key in self.keys if key.id == key_id), None)


def hash_token(token: str) -> str:
    """Return what is kept of a key. It is random, so one round of SHA-256 is enough."""
    return hashlib.sha256(token.encode()).hexdigest()


def id_of_token(token: str) -> str | None:
    """Return the id within a key, or None where it has not the form of one."""
    found = _TOKEN.fullmatch(token)
    return found.group(1) if found else None


def without_keys(text: str) -> str:
    """Return a text, such as a path for a log, with what follows the id of a key left out.

    Examples
    --------
    >>> without_keys("/v1/layers/evb_0a1b2c3d_secretsecretsecret")
    '/v1/layers/evb_0a1b2c3d_...'
    """
    return _WITHIN.sub(r"\1...", text) if "evb_" in text else text


def read_book(path: Path) -> KeyBook | None:
    """Return the keys of a file, or None where there is none.

    Raises
    ------
    ConfigError
        The file is no book of keys.
    """
    try:
        return KeyBook.model_validate_json(path.read_bytes())
    except FileNotFoundError:
        return None
    except ValidationError as error:
        raise ConfigError(
            f"{path} is no book of keys: {error.errors()[0]['msg']}. Restore it from a backup, or "
            "remove it and make keys anew: evenbeat keys create"
        ) from error


class KeyFile:
    """The file of keys, changed by one command at a time and replaced whole.

    Parameters
    ----------
    path
        Only its owner may read it.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    def book(self) -> KeyBook:
        """Return the keys; an empty book where there is none yet."""
        return read_book(self.path) or KeyBook(signing_secret=secrets.token_hex(32))

    def create(self, name: str, *, now: dt.datetime, **scope: object) -> tuple[KeyRecord, str]:
        """Make a key; return what is kept and the key itself, which is nowhere else.

        Parameters
        ----------
        name
            Who it is for.
        scope
            Fields of `KeyRecord`.

        Raises
        ------
        ConfigError
            The scope cannot be used.
        """
        with self._changing() as changed:
            token, key_id = _new_token()
            try:
                record = KeyRecord.model_validate(
                    {"id": key_id, "name": name, "sha256": hash_token(token), "created_at": now,
                     **scope}
                )  # fmt: skip
            except ValidationError as error:
                raise ConfigError(f"The key cannot be made: {_fault(error)}.") from error
            changed.append(record)
        return record, token

    def revoke(self, key_id: str, *, now: dt.datetime) -> KeyRecord:
        """End a key now; a service that runs refuses it from its next request on.

        Raises
        ------
        ConfigError
            There is no such key.
        """
        with self._changing() as changed:
            former = _known(changed, key_id)
            ended = former.model_copy(update={"revoked_at": former.revoked_at or now})
            changed[changed.index(former)] = ended
        return ended

    def rotate(
        self, key_id: str, *, now: dt.datetime, overlap: dt.timedelta
    ) -> tuple[KeyRecord, str]:
        """Make a key of the same scope, and let the former one end after an overlap.

        Raises
        ------
        ConfigError
            There is no such key, or it opens nothing any more.
        """
        with self._changing() as changed:
            former = _known(changed, key_id)
            if former.state(now) != "active":
                raise ConfigError(
                    f"The key {key_id} is {former.state(now)}. Make a new one: evenbeat keys create"
                )
            token, fresh_id = _new_token()
            fresh = former.model_copy(
                update={"id": fresh_id, "sha256": hash_token(token), "created_at": now}
            )
            until = now + overlap
            ends = until if former.expires_at is None else min(until, former.expires_at)
            changed[changed.index(former)] = former.model_copy(update={"expires_at": ends})
            changed.append(fresh)
        return fresh, token

    @contextmanager
    def _changing(self) -> Iterator[list[KeyRecord]]:
        """Yield the keys to change, and write them when that went well."""
        self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock = os.open(self.path.with_suffix(".lock"), os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX)
            book = self.book()
            keys = list(book.keys)
            yield keys
            document = book.model_copy(update={"keys": tuple(keys)}).model_dump(mode="json")
            with replacing_file(self.path) as private:
                private.touch(mode=0o600)
                private.write_text(json.dumps(document, indent=1) + "\n", "utf-8")
        finally:
            os.close(lock)


def _new_token() -> tuple[str, str]:
    key_id = secrets.token_hex(4)
    return f"evb_{key_id}_{secrets.token_urlsafe(_SECRET_BYTES)}", key_id


def _known(keys: list[KeyRecord], key_id: str) -> KeyRecord:
    for key in keys:
        if key.id == key_id:
            return key
    raise ConfigError(f"There is no key {key_id!r}. List them: evenbeat keys list")


def _fault(error: ValidationError) -> str:
    first = error.errors()[0]
    return f"{'.'.join(map(str, first['loc']))}: {first['msg']}"

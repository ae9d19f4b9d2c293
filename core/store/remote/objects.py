"""The objects below one address, ``s3://bucket/prefix`` or a static ``https://`` site."""

from __future__ import annotations

import contextlib
import datetime as dt
import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from evenbeat.core.errors import PublishError

if TYPE_CHECKING:
    from obstore import Attributes
    from obstore.store import ClientConfig, HTTPStore, RetryConfig, S3Store

READABLE = re.compile(
    r"s3://[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](/[A-Za-z0-9._-]+)*/?"
    r"|https://[^\s?#]+|http://(127\.0\.0\.1|localhost)(:\d+)?(/[^\s?#]*)?"
)
"""Addresses of publications that can be read; only those of ``s3`` can be written."""

_ENDPOINTS = ("AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL", "AWS_ENDPOINT")
_PART = 1 << 20
_ADVICE = (
    " Check AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_REGION and AWS_ENDPOINT_URL, and that "
    "the bucket exists."
)


class ChangedError(PublishError):
    """An object is not the one that it was meant to replace."""


@dataclass(frozen=True, slots=True)
class Listed:
    """An object as a listing has it."""

    size: int
    tag: str | None


@dataclass(frozen=True, slots=True)
class Content:
    """An object and the entity tag that it has now."""

    content: bytes
    tag: str | None


class Objects:
    """The objects below an address; safe for several threads.

    Credentials, region and endpoint come from the standard ``AWS_...`` variables of the
    environment, or from the machine's role.

    Parameters
    ----------
    url
        The address.
    patience
        How long one operation may take before it is given up, tries included.

    Raises
    ------
    PublishError
        It is no address of that kind.
    """

    def __init__(self, url: str, *, patience: dt.timedelta = dt.timedelta(minutes=2)) -> None:
        if not READABLE.fullmatch(url):
            raise PublishError(
                f"A publication elsewhere is s3://bucket/prefix, or https://... to read, got {url}."
            )
        self.url = url.rstrip("/")
        self._store = _open(self.url, patience)

    def list(self) -> dict[str, Listed]:
        """Return every object by its path."""
        import obstore

        with self._telling("list"):
            found = obstore.list(self._store, chunk_size=1000)
            return {
                one["path"]: Listed(one["size"], one["e_tag"]) for part in found for one in part
            }

    def read(self, path: str, *, unless_tag: str | None = None) -> Content | None:
        """Return an object; None where it is not there, or still has the tag that is known.

        Raises
        ------
        PublishError
            The store does not answer, or refuses.
        """
        import obstore
        from obstore.exceptions import NotModifiedError

        with self._telling(f"read {path} from"):
            try:
                options = {"if_none_match": unless_tag} if unless_tag else {}
                got = obstore.get(self._store, path, options=options)  # type: ignore[arg-type]
                return Content(bytes(got.bytes()), got.meta["e_tag"])
            except (FileNotFoundError, NotModifiedError):
                return None

    def parts(self, path: str) -> Iterator[bytes]:
        """Yield an object in parts, for those that are large.

        Raises
        ------
        PublishError
            It is not there, or the store does not answer, or refuses.
        """
        import obstore

        with self._telling(f"read {path} from"):
            try:
                got = obstore.get(self._store, path)
            except FileNotFoundError as error:
                raise PublishError(f"{self.url}/{path} is there no more.") from error
            for part in got.stream(min_chunk_size=_PART):
                yield bytes(part)

    def write(self, path: str, content: bytes | Path, *, attributes: Attributes) -> None:
        """Write an object, whatever was there; it appears whole or not at all."""
        import obstore

        with self._telling(f"write {path} to"):
            obstore.put(self._store, path, content, attributes=attributes, use_multipart=False)

    def replace(
        self, path: str, content: bytes, tag: str | None, *, attributes: Attributes
    ) -> None:
        """Replace the object that has a tag; where the tag is None, make it if there is none.

        Raises
        ------
        ChangedError
            Somebody else replaced or made it meanwhile. It stays as it is.
        """
        import obstore
        from obstore.exceptions import AlreadyExistsError, PreconditionError

        with self._telling(f"replace {path} in"):
            try:
                obstore.put(
                    self._store, path, content, attributes=attributes, use_multipart=False,
                    mode="create" if tag is None else {"e_tag": tag},
                )  # fmt: skip
            except (AlreadyExistsError, PreconditionError, FileNotFoundError) as error:
                raise ChangedError(
                    f"{self.url}/{path} was changed by another publisher just now; nothing of "
                    "theirs was overwritten. Find out who else publishes there, then publish again."
                ) from error

    def delete(self, paths: Sequence[str]) -> None:
        """Delete objects; those that are not there are no fault."""
        import obstore

        if paths:
            with self._telling("delete from"), contextlib.suppress(FileNotFoundError):
                obstore.delete(self._store, list(paths))

    @contextlib.contextmanager
    def _telling(self, what: str) -> Iterator[None]:
        """Turn the store's errors into one that says what to do."""
        from obstore.exceptions import BaseError

        try:
            yield
        except (BaseError, PermissionError, ValueError) as error:
            reason = str(error).strip().split("\n", 1)[0].rstrip(". :")
            advice = _ADVICE if self.url.startswith("s3://") else ""
            raise PublishError(f"Cannot {what} {self.url}: {reason}.{advice}") from error


def _open(url: str, patience: dt.timedelta) -> S3Store | HTTPStore:
    """Return the store of an address."""
    from obstore.store import HTTPStore, S3Store

    retries: RetryConfig = {"max_retries": 3, "retry_timeout": patience}
    endpoint = next((os.environ[name] for name in _ENDPOINTS if os.environ.get(name)), "")
    client: ClientConfig = {
        "timeout": patience, "connect_timeout": min(patience, dt.timedelta(seconds=5)),
        # Without TLS only where the endpoint, which the operator names, is without it.
        "allow_http": (url if url.startswith("http") else endpoint).startswith("http://"),
    }  # fmt: skip
    if url.startswith("s3://"):
        bucket, _, prefix = url.removeprefix("s3://").partition("/")
        named = {"endpoint": endpoint} if endpoint else {}
        return S3Store(bucket, prefix=prefix or None, client_options=client, retry_config=retries,
                       **named)  # type: ignore[arg-type]  # fmt: skip
    return HTTPStore(url, client_options=client, retry_config=retries)

"""What a workspace remembers of its copy in an object store: which manifests there are its own."""

from __future__ import annotations

import datetime as dt
import hashlib
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from evenbeat.core.store.files import replacing_file

_MOST_OWN = 50


class UploadRecord(BaseModel):
    """What is known of one copy.

    ``own`` has the checksums of manifests that this workspace wrote or was about to write, the
    newest last; ``retired`` says since when nothing refers to a folder.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    url: str
    own: tuple[str, ...] = ()
    retired: dict[str, dt.datetime] = {}

    def owns(self, manifest: bytes) -> bool:
        """Return whether a manifest that was found there is one of this workspace."""
        return _checksum(manifest) in self.own

    def with_own(self, manifest: bytes) -> UploadRecord:
        """Return the record with one more manifest of this workspace."""
        checksum = _checksum(manifest)
        kept = (*(one for one in self.own if one != checksum), checksum)[-_MOST_OWN:]
        return self.model_copy(update={"own": kept})

    def save(self, path: Path) -> None:
        """Write the record in one step."""
        with replacing_file(path) as private:
            private.write_text(self.model_dump_json(indent=2) + "\n", "utf-8")


def read_record(path: Path, url: str) -> UploadRecord:
    """Return what is known of a copy; nothing where there is no record of it."""
    try:
        record = UploadRecord.model_validate_json(path.read_bytes())
    except (FileNotFoundError, ValueError):
        return UploadRecord(url=url)
    return record if record.url == url else UploadRecord(url=url)


def _checksum(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()

"""A publication in an object store or on a static site, as far as this machine has it."""

from __future__ import annotations

import datetime as dt
import logging
import threading
import time
from pathlib import Path

from evenbeat.core.errors import PublishError
from evenbeat.core.store.files import fingerprint
from evenbeat.core.store.manifest import MANIFEST_FILE, Manifest, parse_manifest
from evenbeat.core.store.remote.objects import Objects
from evenbeat.tile_server.publication.cached_files import CachedFiles
from evenbeat.tile_server.publication.published import Publication, Snapshot

_LOG = logging.getLogger(__name__)
_PATIENCE = dt.timedelta(seconds=10)
_FIRST_ANSWER_S = 15.0


class RemotePublication(Publication):
    """Asks for the manifest again and again, in a thread of its own, and keeps the last good one.

    A store that does not answer, or a manifest that cannot be read, changes nothing of what is
    shown; ``stale_seconds`` tells how long that has been so.

    Parameters
    ----------
    url
        Where ``manifest.json`` is: ``s3://bucket/prefix`` or ``https://...``.
    cache
        Folder for files that were used; each address has a folder of its own in it.
    most_bytes
        How much is kept there.
    every_s
        How often the manifest is asked for, in seconds.

    Raises
    ------
    PublishError
        It is no address of that kind.
    """

    def __init__(self, url: str, cache: Path, *, most_bytes: int, every_s: float) -> None:
        self._objects = Objects(url, patience=_PATIENCE)
        folder = cache / fingerprint(self._objects.url)[:16]
        self._cached = CachedFiles(self._objects, folder, most_bytes=most_bytes)
        super().__init__(folder, files=self._cached)
        self._every_s, self._failing = every_s, False
        self._tag: str | None = None
        self._good_at = time.monotonic()
        self._ended, self._answered = threading.Event(), threading.Event()
        thread = threading.Thread(target=self._refresh_always, name="manifest", daemon=True)
        thread.start()
        self._answered.wait(_FIRST_ANSWER_S)

    def snapshot(self) -> Snapshot:
        """Return what was published when the store last answered.

        Raises
        ------
        PublishError
            It has not answered yet, or nothing is published there.
        """
        snapshot = self._snapshot
        if snapshot is None:
            raise PublishError("Nothing is published there yet, or the store does not answer.")
        return snapshot

    @property
    def stale_seconds(self) -> float:
        """Return for how long the store has not told what is published."""
        return max(0.0, time.monotonic() - self._good_at - self._every_s)

    def close(self) -> None:
        """Ask no more."""
        self._ended.set()
        self._cached.close()

    def refresh(self) -> None:
        """Ask for the manifest once, and show it where it is new.

        Raises
        ------
        PublishError
            The store does not answer, or it is no manifest.
        """
        found = self._objects.read(MANIFEST_FILE, unless_tag=self._tag)
        if found is None and self._snapshot is None:
            raise PublishError(f"{self._objects.url} holds no publication yet.")
        if found is not None:
            manifest = parse_manifest(found.content, origin=MANIFEST_FILE)
            before = self._snapshot
            if before is None or before.manifest != manifest:
                self._snapshot = Snapshot(self.files, manifest)
                self._forget(manifest, None if before is None else before.manifest)
            self._tag = found.tag
        self._good_at = time.monotonic()

    def _refresh_always(self) -> None:
        while not self._ended.is_set():
            try:
                self.refresh()
                if self._failing:
                    _LOG.warning("the publication can be read again")
                self._failing = False
            except Exception as error:
                # Whatever it is, the last good manifest goes on and the next turn asks again.
                if not self._failing:
                    _LOG.warning("the publication cannot be read; the last one goes on: %s", error)
                self._failing = True
            self._answered.set()
            self._ended.wait(self._every_s)

    def _forget(self, manifest: Manifest, before: Manifest | None) -> None:
        """Drop files that are published no more; those of the former manifest at the next one.

        Requests under way may still use the former one's, except what was retracted.
        """
        gone = {one.version for one in manifest.retractions}
        former = () if before is None else before.folders()
        kept = {folder for folder in former if folder.rsplit("/", 1)[1] not in gone}
        self._cached.keep({*manifest.folders(), *manifest.superseded_folders(), *kept})

"""Files of a publication elsewhere, kept in a folder of this machine from their first use on."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import os
import threading
import time
from collections.abc import Callable, Collection, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

from evenbeat.core.errors import PublishError
from evenbeat.core.store.files import TEMPORARY, replacing_file, sha256_file
from evenbeat.core.store.manifest import PublishedFile
from evenbeat.core.store.remote.objects import Objects

_AT_ONCE = 4
_IN_USE_S = 60.0
_ABANDONED_S = 3600.0


class CachedFiles:
    """Fetches files when they are first asked for, and keeps the latest used.

    A file is checked by size and SHA-256 before anybody sees it, and once more when a new process
    first uses it. It is written under another name and renamed, so several processes may share the
    folder.

    Parameters
    ----------
    objects
        Where the files are.
    folder
        Where they are kept.
    most_bytes
        How much is kept; files used in the last minute stay, even beyond it.
    """

    def __init__(self, objects: Objects, folder: Path, *, most_bytes: int) -> None:
        self._objects, self.folder, self._most = objects, folder, most_bytes
        self._threads = ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="fetch")
        self._changing, self._trimming = threading.Lock(), threading.Lock()
        self._coming: dict[str, Future[Path]] = {}
        self._touched: dict[str, float] = {}

    def local(self, file: PublishedFile) -> Path:
        """Return a file's place on this disk, after fetching it where it is not there.

        Raises
        ------
        PublishError
            The store does not answer, or what it has is not the file of the manifest.
        """
        there = self._known(file)
        return (
            there
            if there is not None
            else self._once(file.path, lambda: self._fetch(file)).result()
        )

    async def ready(self, file: PublishedFile) -> Path:
        """Return the same without holding up the event loop."""
        there = self._known(file)
        if there is not None:
            return there
        # Shielded: others wait for the same file when one client goes away.
        return await asyncio.shield(
            asyncio.wrap_future(self._once(file.path, lambda: self._fetch(file)))
        )

    def read(self, path: str) -> bytes:
        """Return a small file of an immutable folder; it is kept like the others.

        Raises
        ------
        PublishError
            The store does not answer, or has it no more.
        """
        with contextlib.suppress(FileNotFoundError):
            return (self.folder / path).read_bytes()
        kept = self._once(path, lambda: self._fetch_small(path)).result()
        with _telling():
            return kept.read_bytes()

    def keep(self, folders: Collection[str]) -> None:
        """Remove files that are in none of these folders."""
        for path, _ in self._kept():
            name = path.relative_to(self.folder).as_posix()
            if name.rsplit("/", 1)[0] not in folders:
                path.unlink(missing_ok=True)
                self._touched.pop(name, None)
        for place, folders_in, files in os.walk(self.folder, topdown=False):
            if not folders_in and not files and Path(place) != self.folder:
                with contextlib.suppress(OSError):  # another process writes into it
                    Path(place).rmdir()

    def close(self) -> None:
        """End the threads; what they fetch now is finished."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    def _known(self, file: PublishedFile) -> Path | None:
        """Return the place of a file that this process has checked, None where it is not there."""
        at = self._touched.get(file.path)
        path = self.folder / file.path
        if at is None or not path.is_file():
            return None
        now = time.monotonic()
        if now - at > _IN_USE_S / 2:
            self._touched[file.path] = now
            with contextlib.suppress(FileNotFoundError):
                os.utime(path)
        return path

    def _once(self, path: str, fetch: Callable[[], Path]) -> Future[Path]:
        """Return the one fetch of a file that is under way, or begin it."""
        with self._changing:
            coming = self._coming.get(path)
            if coming is None:
                coming = self._coming[path] = self._threads.submit(fetch)
        # Outside of the lock: what is done already calls back at once.
        coming.add_done_callback(lambda _: self._arrived(path, coming))
        return coming

    def _arrived(self, path: str, fetched: Future[Path]) -> None:
        with self._changing:
            if self._coming.get(path) is fetched:
                del self._coming[path]

    def _fetch_small(self, path: str) -> Path:
        found, kept = self._objects.read(path), self.folder / path
        if found is None:
            raise PublishError(f"{path} is there no more.")
        with _telling(), replacing_file(kept) as private:
            private.write_bytes(found.content)
        return kept

    def _fetch(self, file: PublishedFile) -> Path:
        path = self.folder / file.path
        with _telling():
            if not (path.is_file() and sha256_file(path) == file.sha256):
                with replacing_file(path) as private:
                    self._download(file, private)
                self._trim()
            os.utime(path)
        self._touched[file.path] = time.monotonic()
        return path

    def _download(self, file: PublishedFile, private: Path) -> None:
        digest, size = hashlib.sha256(), 0
        with private.open("wb") as out:
            for part in self._objects.parts(file.path):
                digest.update(part)
                size += len(part)
                out.write(part)
        if size != file.size or digest.hexdigest() != file.sha256:
            raise PublishError(
                f"{file.path} is not what the manifest says: {size} bytes, expected {file.size}; "
                "publish it again with: evenbeat publish --force"
            )

    def _trim(self) -> None:
        """Remove the least recently used files until the rest is small enough."""
        with self._trimming:
            kept = sorted(self._kept(), key=lambda pair: pair[1].st_mtime)
            total, now = sum(status.st_size for _, status in kept), time.time()
            for path, status in kept:
                if total <= self._most or now - status.st_mtime < _IN_USE_S:
                    break
                path.unlink(missing_ok=True)
                self._touched.pop(path.relative_to(self.folder).as_posix(), None)
                total -= status.st_size

    def _kept(self) -> list[tuple[Path, os.stat_result]]:
        """Return the whole files that are kept; remove what a killed process left half."""
        found = []
        for path in self.folder.rglob("*"):
            with contextlib.suppress(FileNotFoundError):
                status = path.stat()
                if path.name.startswith(TEMPORARY):
                    if time.time() - status.st_mtime > _ABANDONED_S:
                        path.unlink()
                elif path.is_file():
                    found.append((path, status))
        return found


@contextlib.contextmanager
def _telling() -> Iterator[None]:
    """Turn errors of the disk into one that says what to do."""
    try:
        yield
    except PublishError:
        raise
    except OSError as error:
        raise PublishError(
            f"The cache cannot be written: {error.strerror}. Look at EVENBEAT_CACHE."
        ) from error

"""Copy a publication to an object store: immutable files first, the manifest last, or nothing."""

from __future__ import annotations

import datetime as dt
import hashlib
import mimetypes
import re
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from evenbeat.core.errors import PublishError
from evenbeat.core.progress import Progress, silent
from evenbeat.core.store.catalog import CATALOG_FILE, COLLECTION_FILE
from evenbeat.core.store.folders import RETIRED, one_publisher
from evenbeat.core.store.manifest import MANIFEST_FILE, Manifest, read_manifest
from evenbeat.core.store.remote.objects import Content, Listed, Objects
from evenbeat.core.store.remote.record import UploadRecord, read_record

if TYPE_CHECKING:
    from obstore import Attributes

_AT_ONCE = 4
_VERSIONED = re.compile(r"(?P<folder>(?:[a-z0-9_.-]+/){1,2}[0-9a-f]{16})/[a-z0-9_.-]+")
_TYPES = {".tif": "image/tiff; application=geotiff; profile=cloud-optimized",
          ".pmtiles": "application/vnd.pmtiles", ".geojson": "application/geo+json"}  # fmt: skip


@dataclass(frozen=True)
class Upload:
    """What one copying did."""

    url: str
    sent: int
    sent_bytes: int
    skipped: int
    removed: tuple[str, ...]


def upload_publication(
    target: Path,
    objects: Objects,
    *,
    record: Path,
    now: dt.datetime,
    grace: dt.timedelta = dt.timedelta(days=1),
    take_over: bool = False,
    thorough: bool = False,
    progress: Progress = silent,
) -> Upload:
    """Make an object store hold what a publication's folder holds.

    Readers see the former publication until the manifest is replaced, which the store refuses if
    anybody else replaced it meanwhile. Folders that nothing refers to are deleted after the grace
    period, what was retracted at once; objects of other makes are left alone.

    Parameters
    ----------
    target
        The publication's folder.
    objects
        Where the copy is.
    record
        The file that remembers what this workspace wrote there.
    now
        The present moment.
    grace
        How long folders stay that nothing refers to.
    take_over
        Whether to replace what another publisher wrote.
    thorough
        Whether to compare files that are there by checksum too, where the store's entity tags are
        MD5; by default by size, for their folders are named by content.
    progress
        Told as bytes are sent.

    Raises
    ------
    PublishError
        Nothing is published in the folder, another publication is being written, the store does not
        answer or refuses, or holds the publication of somebody else.
    """
    with one_publisher(target):
        manifest, content = read_manifest(target), _read_local(target, MANIFEST_FILE)
        known = read_record(record, objects.url)
        there, standing = objects.list(), objects.read(MANIFEST_FILE)
        if standing is not None and not (take_over or known.owns(standing.content)):
            _refuse_foreign(objects, standing, content)
        # Before the first write, so that a copy that is killed knows its own again.
        known = known.with_own(content)
        known.save(record)
        local = _local_files(target, manifest)
        by_md5 = thorough and standing is not None and standing.tag == _md5(standing.content)
        missing = _missing(target, local, there, by_md5=by_md5)
        _send(target, objects, {path: local[path] for path in missing}, progress)
        for pointer in (*(f"{layer}/{COLLECTION_FILE}" for layer in sorted(manifest.layers)),
                        CATALOG_FILE):  # fmt: skip
            _replace(objects, pointer, _read_local(target, pointer), objects.read(pointer))
        _replace(objects, MANIFEST_FILE, content, standing)
        removed, known = _remove_old(objects, manifest, there, known, now, grace)
        known.save(record)
    size = sum(local[path] for path in missing)
    return Upload(objects.url, len(missing), size, len(local) - len(missing), removed)


def is_current(target: Path, objects: Objects) -> bool:
    """Return whether the store's manifest is that of the folder."""
    standing = objects.read(MANIFEST_FILE)
    return standing is not None and standing.content == _read_local(target, MANIFEST_FILE)


def _read_local(target: Path, path: str) -> bytes:
    try:
        return (target / path).read_bytes()
    except FileNotFoundError as error:
        raise PublishError(
            f"{target} holds no whole publication: {path} is missing. Run: evenbeat publish"
        ) from error


def _refuse_foreign(objects: Objects, standing: Content, content: bytes) -> None:
    if standing.content != content:
        raise PublishError(
            f"{objects.url} holds a publication that this workspace did not write, so it stays as "
            "it is. Publish to another prefix; or, to replace it, publish with --take-over."
        )


def _local_files(target: Path, manifest: Manifest) -> dict[str, int]:
    """Return the immutable files that the manifest refers to, each with its size."""
    found = {}
    for name in manifest.folders():
        folder = target / name
        if not folder.is_dir():
            raise PublishError(f"{folder} is missing. Mend it with: evenbeat publish --force")
        for path in folder.iterdir():
            if path.name != RETIRED:
                found[f"{name}/{path.name}"] = path.stat().st_size
    return found


def _missing(
    target: Path, local: dict[str, int], there: dict[str, Listed], *, by_md5: bool
) -> list[str]:
    """Return the files that are not there in the right size or, where asked, content."""

    def is_there(path: str) -> bool:
        found = there.get(path)
        if found is None or found.size != local[path]:
            return False
        return not by_md5 or found.tag == _md5((target / path).read_bytes())

    return [path for path in local if not is_there(path)]


def _send(target: Path, objects: Objects, sizes: dict[str, int], progress: Progress) -> None:
    """Send files, a few at a time."""
    total, done = max(1, sum(sizes.values())), 0
    with ThreadPoolExecutor(_AT_ONCE) as threads:
        sending = {
            threads.submit(objects.write, path, target / path, attributes=_attributes(path)): path
            for path in sizes
        }
        try:
            for finished in as_completed(sending):
                finished.result()
                done += sizes[sending[finished]]
                progress(f"copy to {objects.url}", done / total)
        except BaseException:
            threads.shutdown(wait=False, cancel_futures=True)
            raise


def _replace(objects: Objects, path: str, content: bytes, standing: Content | None) -> None:
    """Replace a pointer unless it says the same already."""
    if standing is None or standing.content != content:
        tag = None if standing is None else standing.tag
        attributes = _attributes(path)
        objects.replace(path, content, tag, attributes={**attributes, "Cache-Control": "no-cache"})


def _remove_old(
    objects: Objects, manifest: Manifest, there: dict[str, Listed], known: UploadRecord,
    now: dt.datetime, grace: dt.timedelta,
) -> tuple[tuple[str, ...], UploadRecord]:  # fmt: skip
    """Delete what was retracted, and what has been referred to by nothing for long enough."""
    named = {*manifest.folders(), *manifest.superseded_folders()}
    retracted = {one.version for one in manifest.retractions}
    by_folder: dict[str, list[str]] = {}
    for path in there:
        if (match := _VERSIONED.fullmatch(path)) and match["folder"] not in named:
            by_folder.setdefault(match["folder"], []).append(path)
    since = {folder: known.retired.get(folder, now) for folder in by_folder}
    removed = tuple(
        folder for folder in sorted(by_folder)
        if now - since[folder] >= grace or folder.rsplit("/", 1)[1] in retracted
    )  # fmt: skip
    left = [path for path in there if path.endswith(f"/{COLLECTION_FILE}")
            and path.count("/") == 1 and path.split("/")[0] not in manifest.layers]  # fmt: skip
    objects.delete([*(path for folder in removed for path in by_folder[folder]), *left])
    kept = {folder: since[folder] for folder in since if folder not in removed}
    return removed, known.model_copy(update={"retired": kept})


def _attributes(path: str) -> Attributes:
    suffix = Path(path).suffix
    kind = _TYPES.get(suffix) or mimetypes.types_map.get(suffix, "application/octet-stream")
    return {"Content-Type": kind, "Cache-Control": "public, max-age=31536000, immutable"}


def _md5(content: bytes) -> str:
    """Return the entity tag that a store gives by MD5, as most do without encryption."""
    return f'"{hashlib.md5(content, usedforsecurity=False).hexdigest()}"'

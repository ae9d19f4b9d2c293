"""Folders that never change after they appear, and the one writer who may make them."""

from __future__ import annotations

import contextlib
import datetime as dt
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path

from evenbeat.core.errors import PublishError
from evenbeat.core.store.files import locked, replacing_folder, sha256_file
from evenbeat.core.store.manifest import VERSION_ID

RETIRED = "retired"


@contextlib.contextmanager
def one_publisher(target: Path) -> Iterator[None]:
    """Hold a publication for one writer; the system frees it when the writer dies.

    Raises
    ------
    PublishError
        The folder cannot be made, or another writer holds it.
    """
    with contextlib.ExitStack() as held:
        try:
            target.mkdir(parents=True, exist_ok=True)
            held.enter_context(locked(target / ".lock"))
        except BlockingIOError as error:
            raise PublishError(
                f"Another publication is being written to {target}. Wait until it ends."
            ) from error
        except OSError as error:
            raise PublishError(
                f"{target} cannot be written: {error.strerror}. "
                "Set publish.target in evenbeat.toml."
            ) from error
        yield


def place(folder: Path, contents: Mapping[str, Path | bytes]) -> None:
    """Make an immutable folder whole, or leave the one that is there.

    Parameters
    ----------
    folder
        The folder; its name stands for the content of the first file.
    contents
        Name to bytes, or to a file that is moved in.
    """
    (folder / RETIRED).unlink(missing_ok=True)
    if _is_whole(folder, contents):
        return
    with replacing_folder(folder) as private:
        for name, content in contents.items():
            if isinstance(content, bytes):
                (private / name).write_bytes(content)
            else:
                content.replace(private / name)


def retire(folder: Path, *, now: dt.datetime, grace: dt.timedelta) -> bool:
    """Mark a folder as no longer needed; return whether it was marked longer ago than ``grace``."""
    mark = folder / RETIRED
    try:
        since = dt.datetime.fromisoformat(mark.read_text("ascii"))
    except (FileNotFoundError, ValueError):
        since = now
        mark.write_text(now.isoformat(), "ascii")
    return now - since >= grace


def version_folders(target: Path) -> list[Path]:
    """Return every folder of a version in a publication, whatever it belongs to."""
    found = [*target.glob("*/*/*"), *target.glob("*/*")]
    return sorted(path for path in found if VERSION_ID.fullmatch(path.name) and path.is_dir())


def remove(folder: Path) -> None:
    """Remove a folder, and the one around it where nothing else is in that."""
    shutil.rmtree(folder)
    with contextlib.suppress(OSError):  # other versions are still beside it
        folder.parent.rmdir()


def _is_whole(folder: Path, contents: Mapping[str, Path | bytes]) -> bool:
    """Return whether the files are there and the first one, which names the folder, is equal."""
    if not all((folder / name).is_file() for name in contents):
        return False
    name, content = next(iter(contents.items()))
    there = folder / name
    if isinstance(content, bytes):
        return there.read_bytes() == content
    return sha256_file(there) == sha256_file(content)

"""Where the files of a publication are on this machine."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

from evenbeat.core.errors import PublishError
from evenbeat.core.store.manifest import PublishedFile


class Files(Protocol):
    """The immutable files of a publication, by what the manifest says of them."""

    def local(self, file: PublishedFile) -> Path:
        """Return a file's place on this disk; may have to fetch it first, so not for event loops.

        Raises
        ------
        PublishError
            It cannot be had.
        """
        ...

    async def ready(self, file: PublishedFile) -> Path:
        """Return the same without holding up the event loop.

        Raises
        ------
        PublishError
            It cannot be had.
        """
        ...

    def read(self, path: str) -> bytes:
        """Return a small file that the manifest names without a checksum, such as a STAC item.

        Raises
        ------
        PublishError
            It cannot be had.
        """
        ...


class FolderFiles:
    """Files in a folder of this machine: they are where the manifest says.

    Parameters
    ----------
    folder
        The publication's folder.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def local(self, file: PublishedFile) -> Path:
        """Return a file's place."""
        return self.folder / file.path

    async def ready(self, file: PublishedFile) -> Path:
        """Return a file's place."""
        return self.folder / file.path

    def read(self, path: str) -> bytes:
        """Return a small file.

        Raises
        ------
        PublishError
            It is gone.
        """
        try:
            return (self.folder / path).read_bytes()
        except FileNotFoundError as error:
            raise PublishError(f"{path} was just replaced.") from error

"""Open the publication that the settings name, wherever it is."""

from __future__ import annotations

from pathlib import Path

from evenbeat.tile_server.publication.published import Publication
from evenbeat.tile_server.publication.remote import RemotePublication
from evenbeat.tile_server.settings import ServiceSettings


def open_publication(settings: ServiceSettings) -> Publication:
    """Return the publication of a folder, or of an address elsewhere.

    Raises
    ------
    PublishError
        The address is of no kind that can be read.
    """
    if isinstance(settings.publication, Path):
        return Publication(settings.publication)
    return RemotePublication(
        settings.publication, settings.cache, most_bytes=settings.cache_megabytes * 1_000_000,
        every_s=settings.refresh_seconds,
    )  # fmt: skip

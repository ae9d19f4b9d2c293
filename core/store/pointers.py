"""What a reader begins with: ``catalog.json`` for STAC, ``manifest.json`` for the tile service."""

from __future__ import annotations

from pathlib import Path

from evenbeat.core.store.catalog import COLLECTION_FILE, write_catalog, write_where_different
from evenbeat.core.store.manifest import MANIFEST_FILE, Manifest


def write_pointers(target: Path, manifest: Manifest) -> list[Path]:
    """Make a manifest the present one: first the STAC catalog that belongs to it, last itself.

    Every file that it names must be there already.

    Returns
    -------
    The pointers, in the order in which they were written.
    """
    pointers = write_catalog(target, manifest)
    write_where_different(target / MANIFEST_FILE, manifest.to_bytes())
    for path in target.glob(f"*/{COLLECTION_FILE}"):
        if path.parent.name not in manifest.layers:
            path.unlink()
    return [*pointers, target / MANIFEST_FILE]

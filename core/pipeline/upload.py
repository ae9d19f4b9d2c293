"""Upload: the copy of the publication in an object store, where one is set."""

from __future__ import annotations

from typing import TYPE_CHECKING

from evenbeat.core.pipeline.context import Context
from evenbeat.core.store.files import fingerprint

if TYPE_CHECKING:
    from evenbeat.core.store.remote.upload import Upload


def run_upload(
    context: Context, *, to: str | None = None, take_over: bool = False, thorough: bool = False
) -> Upload | None:
    """Make the copy hold what the publication's folder holds; the caller holds the workspace.

    Parameters
    ----------
    to
        Where the copy is; by default ``publish.url``.
    take_over, thorough
        As in ``upload_publication``.

    Returns
    -------
    What was done; None where no copy is wanted, or it is current already.

    Raises
    ------
    PublishError
        The store does not answer or refuses, or holds the publication of somebody else.
    """
    workspace = context.workspace
    url = to or workspace.settings.publish.url
    if url is None:
        return None
    from evenbeat.core.store.remote.objects import Objects
    from evenbeat.core.store.remote.upload import is_current, upload_publication

    objects = Objects(url)
    if not thorough and is_current(workspace.publication, objects):
        return None
    upload = upload_publication(
        workspace.publication, objects, now=context.now(), take_over=take_over,
        record=workspace.root / "uploads" / f"{fingerprint(objects.url)[:16]}.json",
        thorough=thorough, progress=context.progress,
    )  # fmt: skip
    context.log("upload", {
        "url": upload.url, "files": upload.sent, "bytes": upload.sent_bytes,
        "removed": list(upload.removed),
    })  # fmt: skip
    return upload

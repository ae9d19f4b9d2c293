"""What a service has: layers, days, shifts and styles, as it tells them."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from qgis.core import QgsNetworkAccessManager
from qgis.PyQt import sip
from qgis.PyQt.QtCore import QCoreApplication, QObject
from qgis.PyQt.QtNetwork import QNetworkReply, QNetworkRequest

from evenbeat.tiles.access import Access

Done = Callable[[Any], None]
Failed = Callable[[str], None]
_STATUS = QNetworkRequest.Attribute.HttpStatusCodeAttribute


class Catalogue(QObject):
    """Asks a service, in the background; each question has a ``done`` and a ``failed``."""

    def __init__(self, access: Access, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.access = access
        self._replies: set[QNetworkReply] = set()

    def layers(self, done: Done, failed: Failed) -> None:
        """Ask for the layers that the key opens."""
        self.document("/v1/layers", done, failed)

    def dates(self, layer: str, done: Done, failed: Failed) -> None:
        """Ask for a layer's days, the newest first, with their shifts and versions."""
        self.document(
            f"/v1/layers/{layer}/dates",
            lambda found: done(sorted(found, key=lambda day: day["date"], reverse=True)), failed,
        )  # fmt: skip

    def styles(self, done: Done, failed: Failed) -> None:
        """Ask for the styles, the default one first."""
        self.document("/v1/styles", done, failed)

    def document(self, path: str, done: Done, failed: Failed) -> None:
        """Ask for a JSON document."""

        def read(content: bytes) -> None:
            try:
                found = json.loads(content)
            except ValueError:
                failed(_tr("{address} answers, but not as an Evenbeat tile service does.").format(
                    address=self.access.address))  # fmt: skip
                return
            done(found)

        self.content(path, read, failed)

    def content(self, path: str, done: Callable[[bytes], None], failed: Failed) -> None:
        """Ask for the bytes at a path."""
        reply = QgsNetworkAccessManager.instance().get(self.access.request(path))
        self._replies.add(reply)
        reply.finished.connect(lambda: self._end(reply, done, failed))

    def close(self) -> None:
        """Wait for no answer any more."""
        replies, self._replies = self._replies, set()
        for reply in replies:
            reply.abort()

    def _end(
        self, reply: QNetworkReply, done: Callable[[bytes], None], failed: Failed
    ) -> None:  # fmt: skip
        reply.deleteLater()
        if sip.isdeleted(self) or reply not in self._replies:  # the panel is gone, or asks anew
            return
        self._replies.discard(reply)
        content = bytes(reply.readAll())
        status = reply.attribute(_STATUS)
        if status == 200:
            done(content)
        else:
            failed(self._words(reply, status, content))

    def _words(self, reply: QNetworkReply, status: int | None, content: bytes) -> str:
        """Return why there is no answer, and what to do."""
        if status is None:
            return _tr("{address} does not answer: {reason}. Check the address.").format(
                address=self.access.address, reason=reply.errorString().rstrip(".")
            )
        detail = _detail(content)
        if status in (401, 403):
            return _tr("The service wants another key. {detail}").format(detail=detail).strip()
        if status == 429:
            return _tr("Too many requests; wait a minute. {detail}").format(detail=detail).strip()
        if detail:
            return detail
        return _tr("{address} answers {status}: it is no Evenbeat tile service.").format(
            address=self.access.address, status=status
        )


def _detail(content: bytes) -> str:
    try:
        document = json.loads(content)
    except ValueError:
        return ""
    return str(document.get("detail", "")) if isinstance(document, dict) else ""


def styles_for(layer: dict[str, Any], styles: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the styles of a service that suit a layer: of its unit, and not of differences."""
    return [
        style for style in styles
        if style["kind"] != "difference" and style.get("units") in (None, layer["units"])
    ]  # fmt: skip


def _tr(text: str) -> str:
    return QCoreApplication.translate("Tiles", text)

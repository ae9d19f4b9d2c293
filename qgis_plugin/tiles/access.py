"""How a service is reached: its address, and a key or an authentication that QGIS keeps.

QGIS 3.40 and newer send a key as a header, from the encrypted store of authentications. Older
versions have no way to do so for tiles; there the key is part of the layers' addresses.
"""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import parse_qs, urlencode, urlsplit, urlunsplit

from qgis.core import QgsApplication, QgsDataSourceUri
from qgis.PyQt.QtCore import QCoreApplication, QUrl
from qgis.PyQt.QtNetwork import QNetworkRequest

HEADER = b"X-API-Key"
METHOD = "APIHeader"
_TIMEOUT_MS = 20_000
_LOOPBACK = ("127.0.0.1", "localhost", "::1")


@dataclass(frozen=True)
class Access:
    """An address without a slash at its end, and at most one of key and authentication."""

    address: str
    key: str = ""
    authentication: str = ""

    def request(self, path: str) -> QNetworkRequest:
        """Return a request for a path below the address; the key goes into a header."""
        request = QNetworkRequest(QUrl(self.address + path))
        request.setTransferTimeout(_TIMEOUT_MS)
        # What QGIS kept was perhaps told to another key, or before a new publication.
        control = QNetworkRequest.Attribute
        request.setAttribute(
            control.CacheLoadControlAttribute, QNetworkRequest.CacheLoadControl.AlwaysNetwork
        )
        request.setAttribute(control.CacheSaveControlAttribute, False)
        if self.authentication:
            QgsApplication.authManager().updateNetworkRequest(request, self.authentication)
        elif self.key:
            request.setRawHeader(HEADER, self.key.encode())
        return request

    def url(self, path: str) -> str:
        """Return the address of a path as a layer needs it: with the key where there is one."""
        if not self.key:
            return self.address + path
        return f"{self.address}{path}{'&' if '?' in path else '?'}{urlencode({'key': self.key})}"

    def source(self, **parts: str) -> str:
        """Return a layer's source of its parts, with the authentication where there is one."""
        uri = QgsDataSourceUri()
        for name, value in parts.items():
            uri.setParam(name, value)
        if self.authentication:
            uri.setParam("authcfg", self.authentication)
        return bytes(uri.encodedUri()).decode()

    def warning(self) -> str:
        """Return what a careful person should know about the address and the key; "" if nothing."""
        parts = urlsplit(self.address)
        if self.key and parts.scheme == "http" and parts.hostname not in _LOOPBACK:
            return _tr("The key goes over the network unencrypted; ask for an https address.")
        if self.key and not can_send_header():
            return _tr(
                "This QGIS cannot send the key as a header, so it is part of the layers' "
                "addresses: everyone who gets the project can read it."
            )
        return ""


def access_of(text: str, key: str = "", authentication: str = "") -> Access:
    """Return how to reach what somebody pasted: the service, its map page, or any of its addresses.

    A key in the address is taken from there.

    Raises
    ------
    ValueError
        It is no web address.
    """
    pasted = text.strip()
    parts = urlsplit(pasted if "://" in pasted else f"https://{pasted}")
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError(
            _tr("{text} is no web address. Give one such as https://tiles.example.org").format(
                text=repr(pasted)
            )
        )
    found = parse_qs(parts.query).get("key", [""])[0]
    path = parts.path
    for below in ("/v1", "/map"):
        path = path.split(f"{below}/")[0]
        path = path[: -len(below)] if path.endswith(below) else path
    address = urlunsplit((parts.scheme, parts.netloc, path.rstrip("/"), "", ""))
    return Access(address, "" if authentication else key.strip() or found, authentication)


def access_of_source(address: str, source: str) -> Access:
    """Return how a layer reaches a service, from the layer's source."""
    uri = QgsDataSourceUri()
    uri.setEncodedUri(source)
    key = parse_qs(urlsplit(uri.param("url")).query).get("key", [""])[0]
    return Access(address, key, uri.authConfigId() or uri.param("authcfg"))


def can_send_header() -> bool:
    """Return whether this QGIS keeps a key and sends it as a header with every tile."""
    manager = QgsApplication.authManager()
    return not manager.isDisabled() and METHOD in manager.authMethodsKeys()


def why_no_header() -> str:
    """Return why it does not, in words; "" where it does."""
    manager = QgsApplication.authManager()
    if manager.isDisabled():
        return manager.disabledMessage()
    if METHOD not in manager.authMethodsKeys():
        return _tr("Authentications with a key exist from QGIS 3.40 on.")
    return ""


def _tr(text: str) -> str:
    return QCoreApplication.translate("Tiles", text)

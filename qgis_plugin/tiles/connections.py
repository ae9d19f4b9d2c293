"""Services that were connected to before; a key is kept only where somebody wants that."""

from __future__ import annotations

from qgis.core import QgsSettings

from evenbeat.tiles.access import Access

_GROUP = "evenbeat/tile_services"
_MOST = 12


def known_services() -> list[Access]:
    """Return the services, the one used last first."""
    settings = QgsSettings()
    found = []
    for number in range(settings.beginReadArray(_GROUP)):
        settings.setArrayIndex(number)
        found.append(Access(*(str(settings.value(name, "") or "") for name in _NAMES)))
    settings.endArray()
    return [one for one in found if one.address]


def remember_service(access: Access, *, with_key: bool) -> None:
    """Put a service at the top of the list."""
    kept = access if with_key else Access(access.address, "", access.authentication)
    others = [one for one in known_services() if one.address != access.address]
    _write([kept, *others][:_MOST])


def forget_service(address: str) -> None:
    """Take a service, and its key, out of the list."""
    _write([one for one in known_services() if one.address != address])


_NAMES = ("address", "key", "authentication")


def _write(services: list[Access]) -> None:
    settings = QgsSettings()
    settings.remove(_GROUP)
    settings.beginWriteArray(_GROUP, len(services))
    for number, access in enumerate(services):
        settings.setArrayIndex(number)
        for name in _NAMES:
            settings.setValue(name, getattr(access, name))
    settings.endArray()

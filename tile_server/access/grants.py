"""What a request may see: layers, dates and zooms."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from fnmatch import fnmatchcase

from evenbeat.tile_server.access.keys import KeyRecord, Right

ANONYMOUS = "public"


@dataclass(frozen=True, slots=True)
class Grant:
    """What one key, or nobody's key, opens.

    Parameters
    ----------
    key_id
        Id of the key, ``public`` without one.
    layers
        Patterns of layer ids.
    newest_lag_days, oldest_lag_days
        Dates at least and at most so many days before today; 0 and None are no limits.
    maximum_zoom
        Deepest zoom; None for the service's own.
    rate_per_minute
        Requests a minute; None for any number.
    """

    key_id: str
    layers: tuple[str, ...] = ("*",)
    newest_lag_days: int = 0
    oldest_lag_days: int | None = None
    maximum_zoom: int | None = None
    rights: tuple[Right, ...] = ()
    rate_per_minute: int | None = None

    @classmethod
    def of(cls, key: KeyRecord) -> Grant:
        """Return what a key opens."""
        return cls(
            key.id, key.layers, key.newest_lag_days, key.oldest_lag_days, key.maximum_zoom,
            key.rights, key.rate_per_minute,
        )  # fmt: skip

    @property
    def is_public(self) -> bool:
        """Return whether there is no key behind it."""
        return self.key_id == ANONYMOUS

    @property
    def opens_everything(self) -> bool:
        """Return whether no layer, date or assignment is kept back."""
        lags = self.newest_lag_days == 0 and self.oldest_lag_days is None
        return lags and "*" in self.layers and "assignments" in self.rights

    def opens_layer(self, layer_id: str) -> bool:
        """Return whether a layer is open.

        Examples
        --------
        >>> Grant("public", ("risk-*", "dosage")).opens_layer("risk-theft")
        True
        """
        return any(fnmatchcase(layer_id, pattern) for pattern in self.layers)

    def opens_date(self, date: dt.date, today: dt.date) -> bool:
        """Return whether a date is open on a day.

        Examples
        --------
        >>> grant = Grant("public", newest_lag_days=1)
        >>> grant.opens_date(dt.date(2017, 1, 3), today=dt.date(2017, 1, 3))
        False
        """
        lag = (today - date).days
        newest, oldest = self.newest_lag_days, self.oldest_lag_days
        # Without a lag nothing is too new: tomorrow may be published already.
        return (lag >= newest or not newest) and (oldest is None or lag <= oldest)

    def opens_zoom(self, zoom: int) -> bool:
        """Return whether tiles of a zoom are open."""
        return self.maximum_zoom is None or zoom <= self.maximum_zoom

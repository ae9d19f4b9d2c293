"""Which hosts are answered, and whose pages may read the answers."""

from __future__ import annotations

from collections.abc import Sequence

Headers = list[tuple[bytes, bytes]]
METHODS = b"GET, HEAD, POST, OPTIONS"
_ACCEPTED = b"Accept, Authorization, Content-Type, If-None-Match, Range, X-API-Key"
_SHOWN = b"Content-Disposition, Content-Length, Content-Range, ETag, Retry-After"
_KEPT_S = b"86400"
_ALLOW_ORIGIN = b"access-control-allow-origin"


class Hosts:
    """Tells whether a ``Host`` header names this service; those seen are remembered.

    Parameters
    ----------
    accepted
        Names without port; ``*`` for any, ``*.example.org`` for those below.
    """

    def __init__(self, accepted: Sequence[str]) -> None:
        self._any = "*" in accepted
        self._names = {name.lower() for name in accepted if not name.startswith("*")}
        self._below = tuple(name[1:].lower() for name in accepted if name.startswith("*."))
        self._seen: dict[bytes, bool] = {}

    def accept(self, host: bytes) -> bool:
        """Return whether a ``Host`` header is accepted.

        Examples
        --------
        >>> Hosts(["*.example.org"]).accept(b"maps.example.org:8080")
        True
        >>> Hosts(["example.org"]).accept(b"example.org.evil.net")
        False
        """
        if self._any:
            return True
        known = self._seen.get(host)
        if known is None:
            known = self._check(host.decode("latin-1").lower())
            if len(self._seen) < 256:  # what clients send is not kept without end
                self._seen[host] = known
        return known

    def _check(self, host: str) -> bool:
        name, _, port = host.rpartition(":")
        if not name or not port.isdigit():
            name = host
        return name in self._names or name.endswith(self._below)


class CrossOrigin:
    """The headers by which pages of other origins may read answers; never with cookies.

    With ``*`` every answer says so, whether asked or not, so that one kept by a cache serves every
    page. With a list, an answer names the origin that asked, and varies by it.

    Parameters
    ----------
    origins
        Such as ``https://maps.example.org``; ``*`` for any.
    """

    def __init__(self, origins: Sequence[str]) -> None:
        self._any = "*" in origins
        self._for_any = [(_ALLOW_ORIGIN, b"*"), (b"access-control-expose-headers", _SHOWN)]
        self._origins = {origin.rstrip("/").encode() for origin in origins}

    def headers(self, origin: bytes | None) -> Headers:
        """Return the headers of an answer to a page of an origin; None for no page."""
        if self._any:
            return self._for_any
        vary = (b"vary", b"Origin")
        if origin is None or origin not in self._origins:
            return [vary]
        return [(_ALLOW_ORIGIN, origin), (b"access-control-expose-headers", _SHOWN), vary]

    def preflight(self, origin: bytes | None) -> Headers:
        """Return the headers of the answer to ``OPTIONS``."""
        return [
            *(each for each in self.headers(origin) if not each[0].endswith(b"expose-headers")),
            (b"allow", METHODS),
            (b"access-control-allow-methods", METHODS),
            (b"access-control-allow-headers", _ACCEPTED),
            (b"access-control-max-age", _KEPT_S),
        ]  # fmt: skip

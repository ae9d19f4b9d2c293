"""Signed addresses: tiles for a while without the key, which clients send to TileJSON only."""

from __future__ import annotations

import hashlib
import hmac
from urllib.parse import quote

_LENGTH = 32


def sign_prefix(prefix: str, *, key_id: str, expires_s: int, secret: str) -> str:
    """Return the query that opens every address below a prefix until a moment.

    Parameters
    ----------
    prefix
        Path up to the part that varies, such as ``/v1/tiles/risk-theft/v/0123/heat/``.
    key_id
        Key, or client of a role, on whose behalf it is signed; when that ends, so does the
        signature.
    expires_s
        Seconds since 1970.
    secret
        Secret of the service, in hexadecimal.

    Examples
    --------
    >>> sign_prefix("/v1/a/", key_id="0a1b2c3d", expires_s=10, secret="00" * 32)[:24]
    'kid=0a1b2c3d&exp=10&sig='
    """
    signature = _signature(prefix, key_id, expires_s, secret)
    return f"kid={quote(key_id, safe='')}&exp={expires_s}&sig={signature}"


def is_signed(
    path: str, *, key_id: str, expires: str, signature: str, secret: str, now_s: float
) -> bool:
    """Return whether a signature opens a path now.

    The prefix is the path of one tile without its last three parts, as TileJSON signs it.
    """
    if not expires.isascii() or not expires.isdigit() or len(expires) > _LENGTH:
        return False
    if expires.startswith("0"):  # one moment has one spelling
        return False
    if now_s >= int(expires):
        return False
    prefix = f"{path.rsplit('/', 3)[0]}/"
    expected = _signature(prefix, key_id, int(expires), secret)
    return hmac.compare_digest(expected.encode(), signature.encode("utf-8", "replace"))


def _signature(prefix: str, key_id: str, expires_s: int, secret: str) -> str:
    message = f"{prefix}|{key_id}|{expires_s}".encode()
    return hmac.new(bytes.fromhex(secret), message, hashlib.sha256).hexdigest()[:_LENGTH]

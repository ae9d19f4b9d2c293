"""Units under another name: the same one every day, and none that can be turned back."""

from __future__ import annotations

import hashlib

from evenbeat.core.errors import ConfigError

KEY_BYTES = 16
_LENGTH = 16


def pseudonym(unit_id: str, key: bytes) -> str:
    """Return the name under which a unit is stored.

    A keyed hash: without the key nobody can try all call signs, of which there are few.

    Parameters
    ----------
    unit_id
        The unit's name in the vehicle log.
    key
        Secret of the agency, at least 16 bytes; with another key every name is another.

    Raises
    ------
    ConfigError
        The key is too short.

    References
    ----------
    RFC 7693, BLAKE2. doi:10.17487/RFC7693

    Examples
    --------
    >>> name = pseudonym("A12", b"sixteen bytes or more")
    >>> len(name), name == pseudonym(" a12 ", b"sixteen bytes or more")
    (16, True)
    """
    if len(key) < KEY_BYTES:
        raise ConfigError(
            f"The key of pseudonyms must have at least {KEY_BYTES} bytes, got {len(key)}. "
            "Make one at random and keep it out of backups that others read."
        )
    spelt = unit_id.strip().casefold().encode()
    return hashlib.blake2b(spelt, key=key[:64], digest_size=_LENGTH // 2).hexdigest()

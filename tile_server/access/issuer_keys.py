"""The keys of an issuer: fetched, kept, and fetched again when it changes them."""

from __future__ import annotations

import asyncio
import json
import logging
import time
from typing import Any

import jwt

from evenbeat.tile_server.access.token_errors import IssuerError, TokenError

_LOG = logging.getLogger(__name__)
_FAMILIES = {"RS": "RSA", "PS": "RSA", "ES": "EC", "Ed": "OKP"}
_KEPT_S = 3600.0
_PAUSE_S = 30.0
_TIMEOUT_S = 5.0
_MOST_BYTES = 256 * 1024


class IssuerKeys:
    """An issuer's keys for signatures, by their ids.

    They are fetched when they are first needed, when an hour has passed, and when a token names one
    that is not there, but not again within half a minute, so that invented ids do not make this
    service ask without end. Where the issuer does not answer, the former keys go on.

    Parameters
    ----------
    issuer
        Its address; discovery tells where its keys are.
    address
        Where its keys are, if it has no discovery.
    """

    def __init__(self, issuer: str, address: str | None = None) -> None:
        self._issuer, self._address = issuer, address
        self._keys: dict[str, tuple[dict[str, Any], Any]] = {}
        self._tried_s = self._fetched_s = float("-inf")
        self._fetching: asyncio.Lock | None = None

    async def get(self, key_id: str, algorithm: str) -> Any:
        """Return the key of an id for an algorithm.

        Raises
        ------
        TokenError
            The issuer has no such key, or it is for another algorithm.
        IssuerError
            No key could be had at all.
        """
        old = time.monotonic() - self._fetched_s > _KEPT_S
        if old or key_id not in self._keys:
            await self._refresh(key_id, old=old)
        if not self._keys:
            raise IssuerError("The keys of the issuer of tokens cannot be had now. Try again.")
        if key_id not in self._keys:
            raise TokenError("The token is signed with a key that its issuer does not have.")
        told, key = self._keys[key_id]
        fits = told["kty"] == _FAMILIES[algorithm[:2]] and told.get("alg", algorithm) == algorithm
        if not fits:
            raise TokenError("The token's key is not for its algorithm.")
        return key

    async def _refresh(self, key_id: str, *, old: bool) -> None:
        if self._fetching is None:
            self._fetching = asyncio.Lock()
        async with self._fetching:
            now = time.monotonic()
            missing = key_id not in self._keys
            if now - self._tried_s < _PAUSE_S or not (missing or old):
                return
            self._tried_s = now
            try:
                self._keys = _usable(await self._fetch())
                self._fetched_s = time.monotonic()
            except (IssuerError, ValueError, KeyError, TypeError) as error:
                _LOG.warning("keys of %s: %s", self._issuer, error)

    async def _fetch(self) -> Any:
        import httpx  # noqa: PLC0415  # only where tokens are accepted

        try:
            async with httpx.AsyncClient(timeout=_TIMEOUT_S, follow_redirects=False) as client:
                address = self._address or await self._discover(client)
                return await _document(client, address)
        except httpx.HTTPError as error:
            raise IssuerError(f"{type(error).__name__}: {error}") from error

    async def _discover(self, client: Any) -> str:
        place = f"{self._issuer.rstrip('/')}/.well-known/openid-configuration"
        found = await _document(client, place)
        address = found.get("jwks_uri")
        if found.get("issuer") != self._issuer or not isinstance(address, str):
            raise IssuerError(f"{place} is not of this issuer")
        if not address.startswith("https://") and self._issuer.startswith("https://"):
            raise IssuerError("its keys are not behind https")
        return address


async def _document(client: Any, address: str) -> Any:
    """Return the JSON at an address, if it is not too long."""
    content = bytearray()
    async with client.stream("GET", address, headers={"Accept": "application/json"}) as answer:
        answer.raise_for_status()
        async for part in answer.aiter_bytes():
            content += part
            if len(content) > _MOST_BYTES:
                raise IssuerError(f"{address} has more than {_MOST_BYTES} bytes")
    return json.loads(content)


def _usable(document: Any) -> dict[str, tuple[dict[str, Any], Any]]:
    """Return the keys for signatures, all of them asymmetric ones."""
    found = {}
    for told in document["keys"]:
        fit = told.get("kty") in _FAMILIES.values() and told.get("use", "sig") == "sig"
        if fit and isinstance(told.get("kid"), str) and "d" not in told:
            try:
                found[told["kid"]] = (told, jwt.PyJWK(told).key)
            except jwt.PyJWTError as error:
                _LOG.warning("a key of the issuer is left out: %s", error)
    return found

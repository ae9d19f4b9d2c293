"""Bearer tokens of an OpenID Connect issuer: checked by its keys, and what their roles open."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import jwt

from evenbeat.tile_server.access.grants import Grant
from evenbeat.tile_server.access.issuer_keys import IssuerKeys
from evenbeat.tile_server.access.roles import RoleGrant
from evenbeat.tile_server.access.token_errors import TokenError

_LEEWAY_S = 30.0
_MOST_BYTES = 8192
_MOST_KEPT = 4096


@dataclass(frozen=True)
class Terms:
    """Which tokens are accepted, and what they open.

    Parameters
    ----------
    issuer, audience
        What a token must say.
    algorithms
        Asymmetric signatures.
    roles_claim
        Where its roles stand: the name of a claim, or a way into claims with dots.
    grants
        What each role opens; a client's first one counts.
    """

    issuer: str
    audience: str
    algorithms: tuple[str, ...]
    roles_claim: str
    grants: tuple[RoleGrant, ...]


class Identity:
    """Tells what a token opens. A token that was checked is known until it expires.

    Parameters
    ----------
    terms
        What is accepted.
    keys
        The issuer's keys.
    """

    def __init__(self, terms: Terms, keys: IssuerKeys) -> None:
        self._terms, self._keys = terms, keys
        self._kept: dict[bytes, tuple[float, str, Grant]] = {}
        self.roles: Mapping[str, Grant] = {
            f"oidc.{each.role}": Grant(
                f"oidc.{each.role}", each.layers, each.newest_lag_days, each.oldest_lag_days,
                each.maximum_zoom, each.rights, each.rate_per_minute,
            )
            for each in terms.grants
        }  # fmt: skip

    def knows(self, token: str) -> bool:
        """Return whether a token was checked before and is not over."""
        return self._known(_hash(token)) is not None

    async def admit(self, token: str) -> tuple[str, Grant]:
        """Return a name for the client that shows nothing of it, and what it may see.

        Raises
        ------
        TokenError
            The token is not accepted, or none of its roles opens anything.
        IssuerError
            The issuer's keys cannot be had.
        """
        place = _hash(token)
        known = self._known(place)
        if known is None:
            known = await self._check(token)
            if len(self._kept) >= _MOST_KEPT:
                self._kept.clear()
            self._kept[place] = known
        return known[1], known[2]

    def _known(self, place: bytes) -> tuple[float, str, Grant] | None:
        known = self._kept.get(place)
        return known if known is not None and known[0] > time.time() else None

    async def _check(self, token: str) -> tuple[float, str, Grant]:
        if len(token) > _MOST_BYTES:
            raise TokenError(f"The token is longer than {_MOST_BYTES} bytes.")
        try:
            header = jwt.get_unverified_header(token)
        except jwt.PyJWTError as error:
            raise TokenError("The bearer token is no signed JSON Web Token.") from error
        algorithm, key_id = header.get("alg"), header.get("kid")
        if algorithm not in self._terms.algorithms:
            raise TokenError(
                f"The token must be signed with {', '.join(self._terms.algorithms)}."
            )  # fmt: skip
        if not isinstance(key_id, str):
            raise TokenError("The token does not name its key (kid).")
        key = await self._keys.get(key_id, algorithm)
        try:
            claims = jwt.decode(
                token, key, algorithms=[algorithm], audience=self._terms.audience,
                issuer=self._terms.issuer, leeway=_LEEWAY_S,
                options={"require": ["exp", "iss", "aud", "sub"]},
            )  # fmt: skip
        except (jwt.PyJWTError, ValueError, TypeError) as error:
            raise TokenError(f"The token is not accepted: {_why(error)}.") from error
        subject = hashlib.sha256(f"{claims['iss']}|{claims['sub']}".encode()).hexdigest()[:12]
        return float(claims["exp"]), subject, self._opened(claims)

    def _opened(self, claims: Mapping[str, Any]) -> Grant:
        held = _roles(claims, self._terms.roles_claim)
        for each in self._terms.grants:
            if each.role in held:
                return self.roles[f"oidc.{each.role}"]
        raise TokenError(
            "No role of the token opens anything here. Ask the agency that publishes.",
            is_understood=True,
        )


def _roles(claims: Mapping[str, Any], name: str) -> Sequence[str]:
    """Return the roles of a token: a list, or one text with spaces between them.

    Examples
    --------
    >>> _roles({"realm_access": {"roles": ["viewer"]}}, "realm_access.roles")
    ['viewer']
    >>> _roles({"scope": "openid maps"}, "scope")
    ['openid', 'maps']
    """
    found: Any = claims.get(name)
    if found is None:
        found = claims
        for part in name.split("."):
            found = found.get(part) if isinstance(found, Mapping) else None
    if isinstance(found, str):
        return found.split()
    return [each for each in found if isinstance(each, str)] if isinstance(found, list) else []


def _why(error: Exception) -> str:
    reasons: tuple[tuple[type[Exception], str], ...] = (
        (jwt.ExpiredSignatureError, "its time is over"),
        (jwt.ImmatureSignatureError, "it is not valid yet"),
        (jwt.InvalidAudienceError, "it is for another audience"),
        (jwt.InvalidIssuerError, "it is of another issuer"),
        (jwt.MissingRequiredClaimError, "it lacks exp, iss, aud or sub"),
    )
    return next((why for kind, why in reasons if isinstance(error, kind)), "its signature is wrong")


def _hash(token: str) -> bytes:
    return hashlib.sha256(token.encode("utf-8", "replace")).digest()

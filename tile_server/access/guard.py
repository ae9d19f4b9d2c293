"""Decides who a request is from: a key, a signed address, a token, or nobody."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from ipaddress import IPv6Address, ip_address
from typing import TYPE_CHECKING

from evenbeat.tile_server.access.grants import Grant
from evenbeat.tile_server.access.rates import Rates
from evenbeat.tile_server.access.ring import KeyRing
from evenbeat.tile_server.access.signatures import is_signed
from evenbeat.tile_server.access.token_errors import IssuerError, TokenError

if TYPE_CHECKING:
    from evenbeat.tile_server.access.oidc import Identity

_KNOWN_S = 3600.0
_MOST_KNOWN = 10_000


@dataclass(frozen=True)
class Refusal:
    """Why a request is not let in; ``reason`` is one word for the metrics."""

    status: HTTPStatus
    detail: str
    reason: str
    wait_s: int = 0


@dataclass(frozen=True)
class Admitted:
    """Who a request is from, for log and rate, and what it may see."""

    who: str
    grant: Grant


@dataclass(frozen=True)
class Guard:
    """Lets requests in or not.

    Parameters
    ----------
    ring
        The keys; None where there are none.
    public
        What is open without a key; None for nothing.
    rates
        How often somebody asked.
    now
        The clock.
    identity
        Tells what a bearer token opens; None where none are accepted.
    guesses_per_minute
        Unknown keys from one address before it has to wait. Keys that came from there within the
        last hour go on; others wait too, since else a guess that hits would be let in.
    """

    ring: KeyRing | None
    public: Grant | None
    rates: Rates
    now: Callable[[], dt.datetime] = lambda: dt.datetime.now(dt.UTC)
    identity: Identity | None = None
    guesses_per_minute: int = 30
    _known: dict[tuple[str, str], float] = field(default_factory=dict, repr=False)

    @property
    def roles(self) -> Mapping[str, Grant]:
        """Return what roles of tokens open, by what their signed addresses begin with."""
        return {} if self.identity is None else self.identity.roles

    @property
    def challenge(self) -> str:
        """Return what a 401 says is asked for."""
        return 'ApiKey realm="evenbeat"' if self.identity is None else 'Bearer realm="evenbeat"'

    async def admit(
        self, path: str, headers: Iterable[tuple[bytes, bytes]], query: Mapping[str, str], *,
        address: str = "",
    ) -> Admitted | Refusal:  # fmt: skip
        """Return who a request is from, or why it is refused.

        Parameters
        ----------
        query
            What it says of ``key``, ``kid``, ``exp`` and ``sig``.
        address
            Where it comes from.
        """
        token, bearer = _sent(headers)
        token = query.get("key") if token is None else token
        if self.ring is not None and token is not None:
            return self._by_token(token, address)
        if self.identity is not None and bearer is not None:
            return await self._by_bearer(self.identity, bearer, address)
        if "sig" in query and (self.ring is not None or self.roles):
            return self._by_signature(path, query, address)
        if self.public is None:
            return Refusal(
                HTTPStatus.UNAUTHORIZED,
                "This service needs a key: send it in the header X-API-Key, or as ?key= in the "
                "address. The agency that publishes gives out keys.",
                "none",
            )
        return self._within_rate(Admitted(self.public.key_id, self.public), f"public {address}")

    def _by_token(self, token: str, address: str) -> Admitted | Refusal:
        assert self.ring is not None
        found = self.ring.of_token(token)
        if found is None:
            return self._guessed(
                address, "The key is not known here. Check its letters.", "key"
            )  # fmt: skip
        record, grant = found
        return self._by_state(record.state(self.now()), Admitted(record.id, grant), address)

    async def _by_bearer(
        self, identity: Identity, bearer: str, address: str
    ) -> Admitted | Refusal:  # fmt: skip
        if self._too_many(address) and not identity.knows(bearer):
            return self._wait(address)
        try:
            subject, grant = await identity.admit(bearer)
        except TokenError as error:
            if error.is_understood:
                return Refusal(HTTPStatus.FORBIDDEN, str(error), "token")
            return self._guessed(address, str(error), "token")
        except IssuerError as error:
            return Refusal(HTTPStatus.SERVICE_UNAVAILABLE, str(error), "token", 5)
        return self._within_rate(Admitted(f"{grant.key_id}#{subject}", grant))

    def _by_signature(
        self, path: str, query: Mapping[str, str], address: str
    ) -> Admitted | Refusal:
        key_id, book = query.get("kid", ""), self.ring.book if self.ring is not None else None
        found = self.ring.of_id(key_id) if self.ring is not None else None
        # Of a role the client's own part is signed with it, so that each has a rate of its own.
        record, grant = found or (None, self.roles.get(key_id.partition("#")[0]))
        now_s = self.now().timestamp()

        def is_valid(at_s: float) -> bool:
            return book is not None and grant is not None and is_signed(
                path, key_id=key_id, expires=query.get("exp", ""), now_s=at_s,
                signature=query.get("sig", ""), secret=book.signing_secret,
            )  # fmt: skip

        if is_valid(now_s) and grant is not None:
            state = "active" if record is None else record.state(self.now())
            return self._by_state(state, Admitted(key_id, grant), address)
        detail = "The signed address is not valid, or its time is over. Ask TileJSON for a new one."
        if is_valid(0.0):  # a page that was open for long is no guess
            return Refusal(HTTPStatus.UNAUTHORIZED, detail, "signature")
        return self._guessed(address, detail, "signature")

    def _by_state(self, state: str, found: Admitted, address: str) -> Admitted | Refusal:
        if state != "active":
            return Refusal(
                HTTPStatus.UNAUTHORIZED,
                f"The key {found.who} is {state}. Ask the agency that publishes for a new one.",
                "key",
            )
        now_s, place = time.monotonic(), (address, found.who)
        if self._known.get(place, 0.0) <= now_s:
            name = f"known {_near(address)} {found.who}"
            if self._too_many(address) and not self.rates.keeps(name, now_s):
                return self._wait(address)
            self.rates.keep(name, now_s + _KNOWN_S, now_s)
            if len(self._known) >= _MOST_KNOWN:
                self._known.clear()
            self._known[place] = now_s + _KNOWN_S / 2
        return self._within_rate(found)

    def _within_rate(self, found: Admitted, name: str | None = None) -> Admitted | Refusal:
        rate = found.grant.rate_per_minute
        if rate is None:
            return found
        wait = self.rates.seconds_to_wait(name or found.who, rate, time.monotonic())
        if not wait:
            return found
        return Refusal(
            HTTPStatus.TOO_MANY_REQUESTS,
            f"More than {rate} requests a minute. Wait {wait} seconds.", "rate", wait,
        )  # fmt: skip

    def _guessed(self, address: str, detail: str, reason: str) -> Refusal:
        """Count something that opens nothing, and refuse it."""
        name = f"guess {_near(address)}"
        if self.rates.seconds_to_wait(name, self.guesses_per_minute, time.monotonic()):
            return self._wait(address)
        return Refusal(HTTPStatus.UNAUTHORIZED, detail, reason)

    def _too_many(self, address: str) -> bool:
        name = f"guess {_near(address)}"
        return self.rates.is_empty(name, self.guesses_per_minute, time.monotonic())

    def _wait(self, address: str) -> Refusal:
        wait = max(1, 60 // self.guesses_per_minute)
        return Refusal(
            HTTPStatus.TOO_MANY_REQUESTS,
            f"Too many keys from {_near(address) or 'this address'} are not known here. "
            "Wait a minute, and check the key.", "guesses", wait,
        )  # fmt: skip


def _sent(headers: Iterable[tuple[bytes, bytes]]) -> tuple[str | None, str | None]:
    """Return the key and the bearer token of a request's headers."""
    token, bearer = None, None
    for name, value in headers:
        if name == b"x-api-key" and token is None:
            token = value.decode("latin-1")
        elif name == b"authorization" and value[:7].lower() == b"bearer ":
            bearer = value[7:].strip().decode("latin-1")
    return token, bearer


def _near(address: str) -> str:
    """Return an address, or the network of one household where it is of version 6."""
    try:
        found = ip_address(address)
    except ValueError:
        return address
    if isinstance(found, IPv6Address) and found.ipv4_mapped is None:
        return f"{IPv6Address(int(found) >> 64 << 64)}/64"
    return str(found)

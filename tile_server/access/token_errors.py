"""Why a bearer token opens nothing."""

from __future__ import annotations

from evenbeat.core.errors import EvenbeatError


class TokenError(EvenbeatError, ValueError):
    """A token is not accepted; the text is for the client.

    Parameters
    ----------
    is_understood
        Whether the token itself is good and only opens nothing.
    """

    def __init__(self, detail: str, *, is_understood: bool = False) -> None:
        super().__init__(detail)
        self.is_understood = is_understood


class IssuerError(EvenbeatError, OSError):
    """The issuer's keys cannot be had; the text is for the client."""

"""The headers of every answer: what browsers may do with it."""

from __future__ import annotations

from evenbeat.tile_server.answering.origins import Headers


def content_policy(*tile_origins: str) -> str:
    """Return what a page of this service may load and do.

    Parameters
    ----------
    tile_origins
        Other origins whose tiles the page may fetch; none by default.

    Examples
    --------
    >>> content_policy("https://maps.example.org").split("; ")[5]
    "connect-src 'self' https://maps.example.org"
    """
    # The map decodes tiles in a worker of this origin and hands pictures over as blobs; its style
    # sheet holds icons as data.
    return "; ".join(
        (
            "default-src 'none'",
            "script-src 'self'",
            "worker-src 'self' blob:",
            "style-src 'self'",
            "img-src 'self' data: blob:",
            " ".join(("connect-src 'self'", *tile_origins)),
            "base-uri 'none'",
            "form-action 'none'",
            "frame-ancestors 'self'",
        )
    )


_POLICY_NAME = b"content-security-policy"
_POLICY = (_POLICY_NAME, content_policy().encode())
_ALWAYS = [(b"x-content-type-options", b"nosniff"), (b"referrer-policy", b"no-referrer")]
_OURS = (b"access-control-allow-origin", b"access-control-expose-headers")


def with_security(headers: Headers, cross_origin: Headers) -> Headers:
    """Return the headers of an answer with those that every answer has.

    Parameters
    ----------
    headers
        As a route made them; what it says about other origins is left out, its content policy is
        kept.
    cross_origin
        What other origins may do.
    """
    kept, has_policy = [], False
    for header in headers:
        name = header[0]
        if name not in _OURS:
            kept.append(header)
            has_policy = has_policy or name == _POLICY_NAME
    if not has_policy:
        kept.append(_POLICY)
    return kept + _ALWAYS + cross_origin

"""How an ArcGIS service is asked: patiently, and without ever telling its token."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from evenbeat.core.errors import InputError

if TYPE_CHECKING:
    import httpx

_SECRET = re.compile(r"(?i)\b(token|api_?key|access_token)=[^&\s'\"]+")
_ATTEMPTS = 5
_LONGEST_WAIT_S = 30.0
_LONG_QUERY = 1500
_REDIRECTS = 5
_TOO_BUSY = {408, 429, 500, 502, 503, 504}
NOT_ALLOWED = {401, 403, 498, 499}


def redact(text: str) -> str:
    """Return a text without the secrets of a URL in it.

    Examples
    --------
    >>> redact("https://gis.example/FeatureServer/0/query?token=abc&where=1=1")
    'https://gis.example/FeatureServer/0/query?token=***&where=1=1'
    """
    return _SECRET.sub(r"\1=***", text)


class RefusedError(Exception):
    """The service answered with an error that asking again does not mend."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code = code


class _BusyError(Exception):
    """The service may answer if asked again."""


@dataclass
class LayerService:
    """One layer's address and how to ask it.

    Parameters
    ----------
    layer
        URL of the layer, without parameters.
    given
        Parameters that every question carries, such as ``token``.
    client
        The HTTP client.
    sleep
        How to wait, in seconds, before a busy service is asked again.
    """

    layer: str
    given: dict[str, str]
    client: httpx.Client
    sleep: Callable[[float], None]

    def ask(self, path: str = "", **parameters: Any) -> dict[str, Any]:
        """Return the answer; busy services and broken connections are asked again.

        Questions with a token or many ids are sent as a form, so that no log shows their URL.

        Raises
        ------
        RefusedError
            The service answers with an error that asking again does not mend.
        InputError
            The service does not answer.
        """
        wanted = {**self.given, **{name: str(value) for name, value in parameters.items()}}
        wanted["f"] = "json"
        problem, wait_s = "", 0.0
        for attempt in range(_ATTEMPTS):
            if wait_s:
                self.sleep(wait_s)
            wait_s = min(0.5 * 2**attempt, _LONGEST_WAIT_S)
            try:
                response = self._send(self.layer + path, wanted)
                wait_s = _asked_wait(response, wait_s)
                return self._understand(response)
            except _BusyError as error:
                problem = str(error)
        raise InputError(
            f"{redact(self.layer)} did not answer {_ATTEMPTS} times: {self._clean(problem)}."
            " Check the address and the network, or try again later."
        )

    def _send(self, url: str, parameters: dict[str, str]) -> httpx.Response:
        import httpx

        hidden = any(_SECRET.match(f"{name}=x") for name in parameters)
        try:
            if hidden or sum(map(len, parameters.values())) > _LONG_QUERY:
                request = self.client.build_request("POST", url, data=parameters)
            else:
                request = self.client.build_request("GET", url, params=parameters)
            return self._follow(request)
        except httpx.HTTPError as error:
            raise _BusyError(f"{type(error).__name__} {error}") from None

    def _follow(self, request: httpx.Request) -> httpx.Response:
        """Send a request and follow redirects of the same host; a token goes to no other."""
        for _ in range(_REDIRECTS):
            response = self.client.send(request, follow_redirects=False)
            following = response.next_request
            if following is None:
                return response
            if not _stays(request.url, following.url):
                raise RefusedError(
                    0,
                    f"it redirects to another host, {following.url.host}, which is not told the"
                    " question or its token; if it is the right one, give its address instead",
                )
            request = following
        raise RefusedError(0, f"it redirects more than {_REDIRECTS} times")

    def _understand(self, response: httpx.Response) -> dict[str, Any]:
        if response.status_code in _TOO_BUSY:
            raise _BusyError(f"HTTP status {response.status_code}")
        if response.status_code >= 400:
            raise RefusedError(response.status_code, f"HTTP status {response.status_code}")
        try:
            answer = response.json()
        except ValueError:
            raise RefusedError(0, "the answer is no JSON but perhaps a log-in page") from None
        if not isinstance(answer, dict):
            raise RefusedError(0, "the answer is no ArcGIS answer")
        if "error" in answer:
            fault = answer["error"] if isinstance(answer["error"], dict) else {}
            code = int(fault.get("code") or 0)
            details = " ".join(str(detail) for detail in fault.get("details") or [])
            message = f"error {code} {fault.get('message') or ''} {details}".strip()
            raise (
                _BusyError(message)
                if code in _TOO_BUSY
                else RefusedError(code, self._clean(message))
            )
        return answer

    def _clean(self, text: str) -> str:
        for name, value in self.given.items():
            if value and _SECRET.match(f"{name}={value}"):
                text = text.replace(value, "***")
        return redact(text)


def _stays(first: httpx.URL, then: httpx.URL) -> bool:
    """Return whether a redirect stays with host and port, or only turns to encryption."""
    if first.host != then.host:
        return False
    same_door = (first.scheme, first.port) == (then.scheme, then.port)
    return same_door or (first.scheme == "http" and then.scheme == "https" and then.port is None)


def _asked_wait(response: httpx.Response, wait_s: float) -> float:
    try:
        return min(float(response.headers.get("Retry-After", wait_s)), _LONGEST_WAIT_S)
    except ValueError:
        return wait_s

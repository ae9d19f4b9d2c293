"""From a line of bytes to a request, or to why it is none."""

from __future__ import annotations

import json

from pydantic import ValidationError

from evenbeat.core.engine import failures
from evenbeat.core.engine.messages import Failure, RequestLine


class InvalidLineError(Exception):
    """A line is no request.

    Parameters
    ----------
    identity
        The caller's name of it, where it had one.
    failure
        What the caller is told.
    """

    def __init__(self, identity: str | None, failure: Failure) -> None:
        super().__init__(failure.message)
        self.identity, self.failure = identity, failure


def request_of(line: bytes) -> RequestLine:
    """Return the request of a line.

    Raises
    ------
    InvalidLineError
        It is no JSON object, or one without an id and an operation.
    """
    try:
        document = json.loads(line)
        if not isinstance(document, dict):
            raise ValueError(f"a {type(document).__name__}")
    except (ValueError, RecursionError) as error:
        raise InvalidLineError(None, failures.invalid(
            f"The line is no JSON object: {str(error)[:200]}. Send one object a line, such as "
            '{"id": "1", "operation": "hello", "parameters": {"protocol": 1}}'
        )) from error  # fmt: skip
    identity = document.get("id")
    try:
        return RequestLine.model_validate(document)
    except ValidationError as error:
        named = identity if isinstance(identity, str) and identity else None
        raise InvalidLineError(named, failures.invalid_fields("The request", error)) from error

"""What the steps of a day share: a workspace, a date, whether to do it again, and a bar."""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from evenbeat.core.cli.console import (
    Console,
    date_option,
    default_date,
    force_option,
    output_options,
    workspace_option,
)

if TYPE_CHECKING:
    from evenbeat.core.pipeline.context import Context

Step = Callable[..., "tuple[object, list[str]]"]


def step(title: str) -> Callable[[Step], Callable[..., None]]:
    """Turn ``function(context, date, force, **options)`` into the body of a command.

    The function returns the outcome for machines and the lines for people. The bar shows
    ``title``.
    """

    def decorate(function: Step) -> Callable[..., None]:
        @workspace_option
        @date_option
        @force_option
        @output_options
        @functools.wraps(function)
        def body(
            console: Console, workspace: Path, date: dt.date | None, force: bool, **options: Any
        ) -> None:
            from evenbeat.core.pipeline.context import Context

            with console.progress(title) as progress:
                context: Context = Context.local(workspace, progress=progress)
                outcome, lines = function(context, default_date(context, date), force, **options)
            console.show(vars(outcome), lines)

        result: Callable[..., Any] = body
        return result

    return decorate

"""Self-contained pages: one HTML file with its style and figures inside, the same on every run."""

from __future__ import annotations

import functools
import math
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

NOT_A_FORECAST_OF_CRIME = (
    "A risk is an expected count: even a good forecast sees no crime in about 99 of 100 boxes on"
    " a shift. A box is a place where a visit may help; it is not a prediction that a crime will"
    " occur, and it says nothing about any person."
)


def number(value: float | int | None, digits: int = 0) -> str:
    """Return a number for people, with thousands apart.

    Examples
    --------
    >>> number(275200), number(0.12345, 2), number(None)
    ('275,200', '0.12', '–')
    """
    return "–" if value is None or math.isnan(value) else f"{value:,.{digits}f}"


def percent(share: float | None, digits: int = 1) -> str:
    r"""Return a share as a percentage that does not break over lines.

    A share that is small but not zero never reads as zero.

    Examples
    --------
    >>> [percent(share).replace("\xa0", " ") for share in (0.123, 0.00001, 0.99999, 0.0, 1)]
    ['12.3 %', '< 0.1 %', '> 99.9 %', '0 %', '100 %']
    """
    if share is None or math.isnan(share):
        return "–"
    if share in (0, 1):
        return f"{share * 100:.0f}\xa0%"
    step = 10.0**-digits
    if share * 100 < step:
        return f"<\xa0{step:g}\xa0%"
    if share * 100 > 100 - step:
        return f">\xa0{100 - step:g}\xa0%"
    return f"{share * 100:.{digits}f}\xa0%"


def words(name: str) -> str:
    """Return an identifier as words.

    Examples
    --------
    >>> words("motor_vehicle_theft")
    'motor vehicle theft'
    """
    return name.replace("_", " ")


@functools.cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("evenbeat.core.reports", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(number=number, percent=percent, words=words)
    environment.globals["not_a_forecast_of_crime"] = NOT_A_FORECAST_OF_CRIME
    return environment


def render_page(template: str, **facts: Any) -> str:
    """Fill a template of this room; values are escaped, figures made by `figures` are not.

    Parameters
    ----------
    template
        File in ``templates/``. A page extends ``base.html`` and fills its blocks ``title``,
        ``style``, ``header``, ``main`` and ``footer``.
    facts
        What the template names. A name that is missing is an error, not a blank.
    """
    return _environment().get_template(template).render(**facts)

"""Names of data sources: short identifiers that go into every table, never free text."""

from __future__ import annotations

import re

import pandas as pd

from evenbeat.core.errors import InputError

_NAME = re.compile(r"[A-Za-z0-9 _.:-]{1,40}", re.ASCII)
MAX_SOURCES = 50
"""[choice] A city has a few systems that deliver; a column of more values names something else."""


def require_source_names(values: pd.Series, file: str) -> None:
    """Make sure that a column names data sources; blanks are left to the caller.

    What the column holds is not repeated in the message, since it may be about a person.

    Parameters
    ----------
    values
        The column as text.
    file
        Name of the file, for the message.

    Raises
    ------
    InputError
        A value is no short identifier, or there are more than `MAX_SOURCES` of them.

    Examples
    --------
    >>> require_source_names(pd.Series(["rms", "cad 2"]), "events.csv")
    """
    names = values.dropna().astype("str").str.strip()
    distinct = names[names != ""].drop_duplicates()
    odd = [name for name in distinct if _NAME.fullmatch(name) is None]
    advice = (
        " Set the source's constants = { source = 'rms' } in evenbeat.toml, or map 'source' to a"
        " column that names the delivering system."
    )
    if odd:
        raise InputError(
            f"The column mapped to 'source' of {file} holds {len(odd):,} values that are no names"
            " of data sources: expected at most 40 letters, digits, spaces and _ . : -." + advice
        )
    if len(distinct) > MAX_SOURCES:
        raise InputError(
            f"The column mapped to 'source' of {file} holds {len(distinct):,} distinct values;"
            f" expected at most {MAX_SOURCES} data sources." + advice
        )

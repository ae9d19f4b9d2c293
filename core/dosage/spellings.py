"""Which column of a file is which: by the settings, else by usual names; nothing else is read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from evenbeat.core.errors import InputError
from evenbeat.core.policy.columns import plain_name


def mapped_columns(
    theirs: Sequence[str], spellings: Mapping[str, Sequence[str]], mapped: Mapping[str, str],
    file: str, *, needed: Sequence[str], section: str,
) -> dict[str, str]:  # fmt: skip
    """Return our name to their column.

    Parameters
    ----------
    theirs
        The file's columns.
    spellings
        Our name to the names by which files call it, the likeliest first.
    mapped
        Our name to their column, as the settings say it.
    file
        Name of the file, for messages.
    needed
        Our names that must be there.
    section
        Where the settings name the file, for messages.

    Raises
    ------
    InputError
        A mapped name is not ours, a column is not in the file, or a needed one is missing.

    Examples
    --------
    >>> mapped_columns(["Call Sign"], {"unit_id": ("unit", "call_sign")}, {}, "log.csv",
    ...                needed=("unit_id",), section="[[dosage.activities]]")
    {'unit_id': 'Call Sign'}
    """
    by_plain = {plain_name(name): name for name in reversed(theirs)}
    found = {
        ours: by_plain[plain_name(spelt)]
        for ours, names in spellings.items()
        for spelt in reversed(names)
        if plain_name(spelt) in by_plain
    }
    for ours, name in mapped.items():
        if ours not in spellings:
            raise InputError(
                f"{ours!r} is no column that is read from {file}. Known are {', '.join(spellings)}."
            )
        if name not in theirs:
            raise InputError(f"{file} has no column {name!r}; it has {', '.join(theirs)}.")
        found[ours] = name
    missing = [name for name in needed if name not in found]
    if missing:
        raise InputError(
            f"{file} lacks {', '.join(missing)}; it has {', '.join(theirs)}. Map it under columns "
            f"of its {section}."
        )
    return found

"""The crimes that may be modelled: an allow-list, so that everything else is refused."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache

from evenbeat.core.errors import PolicyError
from evenbeat.core.policy.refused import refused_group_of
from evenbeat.core.policy.shipped import read_policy_table


@dataclass(frozen=True)
class CrimeType:
    """A type of crime that may be modelled.

    Parameters
    ----------
    id
        Name in tables, cubes and settings.
    title
        Name for people.
    severity_rank
        1 is the most serious; of several codes of a row the most serious counts.
    modelled_by_default
        Whether it is modelled unless the settings say otherwise.
    definition
        What belongs to it, in words.
    """

    id: str
    title: str
    severity_rank: int
    modelled_by_default: bool
    definition: str


@cache
def crime_types() -> Mapping[str, CrimeType]:
    """Return every type that may be modelled, by id, the most serious first."""
    types = [
        CrimeType(
            row["id"], row["title"], int(row["severity_rank"]),
            row["modelled_by_default"] == "yes", row["definition"],
        )
        for row in read_policy_table("crime_types.csv")
    ]  # fmt: skip
    return {kind.id: kind for kind in sorted(types, key=lambda kind: kind.severity_rank)}


def require_modelled(names: Iterable[str]) -> tuple[str, ...]:
    """Return the crime types when every one of them may be modelled.

    Raises
    ------
    PolicyError
        A name is not on the list of crime types.

    Examples
    --------
    >>> require_modelled(["robbery", "burglary"])
    ('robbery', 'burglary')
    """
    asked = tuple(names)
    for name in asked:
        if name not in crime_types():
            raise PolicyError(
                f"{refusal_of(name)} Remove {name!r} from the settings, for example from"
                " model.crime_types."
            )
    return asked


def refusal_of(name: str) -> str:
    """Return why a crime type cannot be modelled, in words."""
    group = refused_group_of(name)
    said = (
        f"{name!r} is never modelled ({group.title.lower()}): {group.reason}."
        if group
        else f"{name!r} is not on the list of crime types that may be modelled."
    )
    return f"{said} Evenbeat models {', '.join(crime_types())}, and nothing else."

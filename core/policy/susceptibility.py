"""The susceptibility gate: classes that are mostly recorded by an arrest do not train a model.

Where more than half of a class's records carry an arrest or an officer's own initiative, their map
shows where police look, and a model of it would send police there again. The flags serve to count
that share and nothing else; they are dropped before anything is stored.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from evenbeat.core.errors import PolicyError

Counts = Mapping[str, tuple[int, int]]
_CODES_BETWEEN = "|"

LIMIT = 0.5
"""A class with a larger flagged share is refused for training."""
MINIMUM_ROWS = 50
"""[choice] Fewer rows do not tell a share: the class is undecided and is named. With 50 rows the
standard error of a share near one half is 0.07; pool the counts of several files to have more."""


def code_key(crime_type: str, code: str) -> str:
    """Return how the gate names a code; the same text may mean another type in another scheme.

    Examples
    --------
    >>> code_key("theft", " 0860")
    'theft 0860'
    """
    return f"{crime_type} {code.strip().upper()}"


def code_keys(crime_type: str, codes: str) -> tuple[str, ...]:
    """Return the keys of the codes of one row, which are joined by ``|``."""
    parts = (part for part in codes.split(_CODES_BETWEEN) if part.strip())
    return tuple(dict.fromkeys(code_key(crime_type, part) for part in parts))


@dataclass(frozen=True)
class SusceptibilityGate:
    """How many rows of each class carry a flag; counts of several files add up.

    Parameters
    ----------
    counts
        Class (a crime type, or a group that is never modelled) to (rows with a known flag, rows
        whose flag is set).
    codes
        Class code, see `code_key`, to the same.

    Examples
    --------
    >>> gate = SusceptibilityGate({"robbery": (1000, 80), "narcotics": (1000, 990)})
    >>> gate.refused
    ('narcotics',)
    >>> gate.require_trainable(["robbery"])
    ('robbery',)
    """

    counts: Counts = field(default_factory=dict)
    codes: Counts = field(default_factory=dict)

    @classmethod
    def count(
        cls, classes: pd.Series, flagged: npt.NDArray[np.bool_], known: npt.NDArray[np.bool_]
    ) -> SusceptibilityGate:
        """Return the counts of one table.

        Parameters
        ----------
        classes
            The class of each row; rows without one are left out.
        flagged, known
            Whether the flag is set, and whether the row says anything about it.
        """
        judged = classes[known & classes.notna().to_numpy()]
        rows = judged.value_counts()
        hits = classes[known & flagged & classes.notna().to_numpy()].value_counts()
        return cls(
            {
                str(name): (int(rows[name]), int(hits.get(name, 0)))
                for name in sorted(rows.index, key=str)
            }
        )

    def with_codes(
        self,
        crime_types: pd.Series,
        codes: pd.Series,
        flagged: npt.NDArray[np.bool_],
        known: npt.NDArray[np.bool_],
    ) -> SusceptibilityGate:
        """Return the gate with the counts of each class code of a table.

        Parameters
        ----------
        crime_types, codes
            The type of each row and its codes, joined by ``|``; rows without a type are left out.
        flagged, known
            As in `count`.
        """
        has_type = crime_types.notna().to_numpy() & codes.notna().to_numpy()
        pairs = crime_types.astype("str") + " " + codes.astype("str")
        found: dict[str, tuple[int, int]] = {}
        rows_of = SusceptibilityGate.count(pairs, flagged, known & has_type).counts
        for pair, (rows, hits) in rows_of.items():
            for key in code_keys(*pair.split(" ", 1)):
                before = found.get(key, (0, 0))
                found[key] = (before[0] + rows, before[1] + hits)
        return replace(self, codes=dict(sorted(found.items())))

    def plus(self, other: SusceptibilityGate) -> SusceptibilityGate:
        """Return the counts of both."""
        return SusceptibilityGate(
            _added(self.counts, other.counts), _added(self.codes, other.codes)
        )

    def share(self, name: str) -> float | None:
        """Return the flagged share of a class, or None when nothing is known of it."""
        rows, flagged = self.counts.get(name, (0, 0))
        return flagged / rows if rows else None

    @property
    def refused(self) -> tuple[str, ...]:
        """Return the classes above the limit, judged on enough rows."""
        return _above(self.counts)

    @property
    def refused_codes(self) -> tuple[str, ...]:
        """Return the keys of the class codes above the limit, judged on enough rows."""
        return _above(self.codes)

    def may_train(self, crime_type: str, codes: str) -> bool:
        """Return whether a row may train: its type is not refused, and one of its codes is not.

        Examples
        --------
        >>> gate = SusceptibilityGate(codes={"theft 0860": (900, 500), "theft 0820": (900, 90)})
        >>> gate.may_train("theft", "0860"), gate.may_train("theft", "0860|0820")
        (False, True)
        """
        keys = code_keys(crime_type, codes)
        refused = set(self.refused_codes)
        return crime_type not in self.refused and not (keys and refused.issuperset(keys))

    @property
    def undecided(self) -> tuple[str, ...]:
        """Return the classes above the limit on too few rows to judge."""
        return tuple(
            name
            for name, (rows, flagged) in self.counts.items()
            if 0 < rows < MINIMUM_ROWS and flagged > LIMIT * rows
        )

    def trainable(self, crime_types: Iterable[str]) -> tuple[str, ...]:
        """Return those of some crime types that the gate lets train a model."""
        return tuple(name for name in crime_types if name not in self.refused)

    def require_trainable(self, crime_types: Iterable[str]) -> tuple[str, ...]:
        """Return the crime types when the gate lets all of them train a model.

        Raises
        ------
        PolicyError
            More than half of a type's rows carry a flag.
        """
        asked = tuple(crime_types)
        for name in asked:
            if name in self.refused:
                raise PolicyError(f"{self.refusal(name)} Remove it from model.crime_types.")
        return asked

    def refusal(self, name: str) -> str:
        """Return why a refused type or code must not train, in words."""
        rows, flagged = self.counts.get(name) or self.codes[name]
        return (
            f"{name} must not train a model: {flagged:,} of its {rows:,} rows"
            f" ({flagged / rows:.0%}) carry an arrest or officer-initiated flag, the limit"
            f" is {LIMIT:.0%}. Its map would follow enforcement."
        )


def _above(counts: Counts) -> tuple[str, ...]:
    return tuple(
        name
        for name, (rows, flagged) in counts.items()
        if rows >= MINIMUM_ROWS and flagged > LIMIT * rows
    )


def _added(first: Counts, second: Counts) -> dict[str, tuple[int, int]]:
    pairs = {
        name: (first.get(name, (0, 0)), second.get(name, (0, 0)))
        for name in sorted({*first, *second})
    }
    return {name: (one[0] + other[0], one[1] + other[1]) for name, (one, other) in pairs.items()}

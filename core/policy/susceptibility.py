"""The susceptibility gate: classes that are mostly recorded by an arrest do not train a model.

Where more than half of a class's records carry an arrest or an officer's own initiative, their map
shows where police look, and a model of it would send police there again. The flags serve to count
that share and nothing else; they are dropped before anything is stored.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pandas as pd

from evenbeat.core.errors import PolicyError

LIMIT = 0.5
"""A class with a larger flagged share is refused for training."""
MINIMUM_ROWS = 50
"""[choice] Fewer rows do not tell a share: the class is undecided and is named. With 50 rows the
standard error of a share near one half is 0.07; pool the counts of several files to have more."""


@dataclass(frozen=True)
class SusceptibilityGate:
    """How many rows of each class carry a flag; counts of several files add up.

    Parameters
    ----------
    counts
        Class to (rows with a known flag, rows whose flag is set).

    Examples
    --------
    >>> gate = SusceptibilityGate({"robbery": (1000, 80), "narcotics": (1000, 990)})
    >>> gate.refused
    ('narcotics',)
    >>> gate.require_trainable(["robbery"])
    ('robbery',)
    """

    counts: Mapping[str, tuple[int, int]] = field(default_factory=dict)

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

    def plus(self, other: SusceptibilityGate) -> SusceptibilityGate:
        """Return the counts of both."""
        names = sorted({*self.counts, *other.counts})
        pairs = {
            name: (self.counts.get(name, (0, 0)), other.counts.get(name, (0, 0))) for name in names
        }
        return SusceptibilityGate(
            {
                name: (first[0] + second[0], first[1] + second[1])
                for name, (first, second) in pairs.items()
            }
        )

    def share(self, name: str) -> float | None:
        """Return the flagged share of a class, or None when nothing is known of it."""
        rows, flagged = self.counts.get(name, (0, 0))
        return flagged / rows if rows else None

    @property
    def refused(self) -> tuple[str, ...]:
        """Return the classes above the limit, judged on enough rows."""
        return tuple(
            name
            for name, (rows, flagged) in self.counts.items()
            if rows >= MINIMUM_ROWS and flagged > LIMIT * rows
        )

    @property
    def undecided(self) -> tuple[str, ...]:
        """Return the classes above the limit on too few rows to judge."""
        return tuple(
            name
            for name, (rows, flagged) in self.counts.items()
            if 0 < rows < MINIMUM_ROWS and flagged > LIMIT * rows
        )

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
                rows, flagged = self.counts[name]
                raise PolicyError(
                    f"{name} must not train a model: {flagged:,} of its {rows:,} rows"
                    f" ({flagged / rows:.0%}) carry an arrest or officer-initiated flag, the limit"
                    f" is {LIMIT:.0%}. Its map would follow enforcement; remove it from"
                    " model.crime_types."
                )
        return asked

"""What an agency's class codes mean, and which crimes may be modelled.

Codes are mapped to crime types by one CSV table per scheme in ``tables/``; an agency adds or
narrows rows with a CSV of its own, but can never turn a class that is never modelled into one that
is.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd

from evenbeat.core.errors import InputError
from evenbeat.core.policy.class_codes import SPELLINGS, ClassMeaning, shipped_meanings
from evenbeat.core.policy.modelled import CrimeType, crime_types, require_modelled
from evenbeat.core.policy.overrides import meaning_of, read_overrides
from evenbeat.core.policy.refused import refused_group_of, refused_groups

__all__ = [
    "SYSTEMS",
    "CrimeType",
    "CrimeTypeTable",
    "crime_types",
    "refused_group_of",
    "refused_groups",
    "require_modelled",
]

SYSTEMS: tuple[str, ...] = tuple(SPELLINGS)
SEPARATOR = "|"


@dataclass(frozen=True)
class CrimeTypeTable:
    """What the class codes of an agency mean.

    Parameters
    ----------
    meanings
        Scheme, canonical code, meaning.

    Examples
    --------
    >>> table = CrimeTypeTable.load()
    >>> table.meaning("nibrs", "13A").crime_type
    'aggravated_assault'
    >>> table.meaning("nibrs", "35A").group
    'narcotics'
    """

    meanings: Mapping[str, Mapping[str, ClassMeaning]] = field(repr=False)

    @classmethod
    def load(cls, override: Path | None = None) -> CrimeTypeTable:
        """Return the shipped table, with an agency's own rows laid over it.

        Parameters
        ----------
        override
            CSV as described in `read_overrides`, or None.

        Raises
        ------
        InputError
            The file is missing or lacks a column, or a row names no known scheme or group.
        PolicyError
            A row would model something that is never modelled.
        """
        meanings = {system: dict(codes) for system, codes in shipped_meanings().items()}
        if override is not None:
            for system, code, meaning in read_overrides(override):
                meanings[system][code] = meaning
        return cls(meanings)

    @property
    def fingerprint(self) -> str:
        """Return the SHA-256 of all meanings, for provenance."""
        lines = sorted(
            f"{system},{code},{meaning.crime_type},{meaning.group}"
            for system, codes in self.meanings.items()
            for code, meaning in codes.items()
        )
        return hashlib.sha256("\n".join(lines).encode()).hexdigest()

    def meaning(self, system: str, code: str) -> ClassMeaning | None:
        """Return what one code means, or None when the table does not know it.

        A code that its scheme does not know is looked up among the words.

        Raises
        ------
        InputError
            The scheme is unknown.
        """
        if system not in self.meanings:
            raise InputError(
                f"class_system must be 'auto' or one of {', '.join(self.meanings)}; got {system!r}."
            )
        found = meaning_of(self.meanings[system], SPELLINGS[system](code))
        if found is None and system != "words":
            found = meaning_of(self.meanings["words"], SPELLINGS["words"](code))
        return found

    def classify(self, system: str, codes: pd.Series) -> pd.Series:
        """Return the crime type of each row, or a missing value where the row has none.

        Parameters
        ----------
        system
            Scheme of the codes, see `SYSTEMS`.
        codes
            Codes as text; several codes of a row are separated by ``|``.

        Raises
        ------
        InputError
            The scheme is unknown.
        """
        return self.understand(system, codes)["crime_type"]

    def understand(self, system: str, codes: pd.Series) -> pd.DataFrame:
        """Return what the codes of each row mean.

        Parameters
        ----------
        system, codes
            As in `classify`.

        Returns
        -------
        ``crime_type`` is the most serious type among the row's codes, or missing;
        ``refused_group`` the group of its first refused code where it has no type;
        ``known_codes`` and ``unknown_codes`` the codes that the table knows and does not know,
        joined by ``|``; ``n_codes`` their number. Aligned with ``codes``.

        Raises
        ------
        InputError
            The scheme is unknown.
        """
        positions, texts = pd.factorize(codes.astype("str"), use_na_sentinel=True)
        records = [self._understand_one(system, str(text)) for text in texts]
        records.append((None, None, "", "", 0))
        columns = ("crime_type", "refused_group", "known_codes", "unknown_codes", "n_codes")
        meanings = pd.DataFrame(records, columns=list(columns))
        meanings = meanings.astype(dict.fromkeys(columns[:4], "str") | {"n_codes": "int64"})
        rows = meanings.take(np.where(positions < 0, len(records) - 1, positions))
        return rows.set_axis(codes.index)

    def _understand_one(
        self, system: str, text: str
    ) -> tuple[str | None, str | None, str, str, int]:
        codes = [part.strip() for part in text.split(SEPARATOR) if part.strip()]
        meanings = [self.meaning(system, code) for code in codes]
        types = [found.crime_type for found in meanings if found and found.crime_type]
        groups = [found.group for found in meanings if found and found.group]
        worst = min(types, key=lambda kind: crime_types()[kind].severity_rank, default=None)
        known = [code for code, found in zip(codes, meanings, strict=True) if found]
        unknown = [code for code, found in zip(codes, meanings, strict=True) if not found]
        group = groups[0] if groups and worst is None else None
        return worst, group, SEPARATOR.join(known), SEPARATOR.join(unknown), len(codes)

    def recognised_shares(self, codes: pd.Series) -> dict[str, float]:
        """Return, for each scheme, the share of rows whose codes it knows without other schemes."""
        texts = codes.dropna().astype("str").str.strip()
        counts = texts[texts != ""].value_counts()
        total = int(counts.sum())
        return {
            system: sum(
                int(count)
                for text, count in counts.items()
                if any(
                    meaning_of(meanings, SPELLINGS[system](part)) is not None
                    for part in str(text).split(SEPARATOR)
                )
            )
            / max(total, 1)
            for system, meanings in self.meanings.items()
        }

    def detect_system(self, codes: pd.Series) -> str | None:
        """Return the scheme that knows the most rows, or None when none knows any.

        Schemes that know equally many are taken in the order of `SYSTEMS`.
        """
        shares = self.recognised_shares(codes)
        best = max(shares, key=lambda system: shares[system])
        return best if shares[best] > 0 else None

"""Keeps the account of the rows while a reader works through them."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from evenbeat.core.ingest.tally import MAX_EXAMPLES, IngestReport, example_of

Flags = npt.NDArray[np.bool_]
_CANDIDATES = 24


class Sieve:
    """Which rows are still in, and why the others are not.

    A row is dropped for the first reason that holds. Repairs are counted at the end, of the rows
    that are kept.

    Parameters
    ----------
    size
        Rows of the table.
    report
        Takes the counts.
    first_row
        What people call the first row of the file: 2 where a header stands above it.
    """

    def __init__(self, size: int, report: IngestReport, *, first_row: int = 1) -> None:
        self.alive: Flags = np.ones(size, bool)
        self.positions: npt.NDArray[np.intp] = np.arange(size)
        self._report = report
        self._first_row = first_row
        self._repairs: dict[str, list[npt.NDArray[np.intp]]] = {}
        self._shown: dict[str, dict[int, str]] = {}

    def drop(self, reason: str, where: Flags, values: pd.Series | None = None) -> Flags:
        """Drop rows of the current table; return which of them were still in.

        Parameters
        ----------
        reason
            A key of `evenbeat.core.ingest.reasons.DROPS`.
        where
            Flags, one a row of the current table.
        values
            What stands in the file, for the examples; free text is not shown.
        """
        hits = np.flatnonzero(where & self.alive[self.positions])
        self.alive[self.positions[hits]] = False
        self._report.drop(reason, hits.size, self._examples(hits[:MAX_EXAMPLES], values))
        dropped = np.zeros(len(where), bool)
        dropped[hits] = True
        return dropped

    def repair(self, reason: str, where: Flags, values: pd.Series | None = None) -> None:
        """Note a repair of rows of the current table; see `finish`."""
        hits = np.flatnonzero(where & self.alive[self.positions])
        if hits.size:
            self._repairs.setdefault(reason, []).append(self.positions[hits])
            shown = hits[:_CANDIDATES]
            texts = self._examples(shown, values)
            rows = self.positions[shown].tolist()
            self._shown.setdefault(reason, {}).update(zip(rows, texts, strict=True))

    def narrow(self) -> Flags:
        """Make the rows that are still in the current table; return which rows those are."""
        kept = self.alive[self.positions]
        self.positions = self.positions[kept]
        return kept

    def finish(self) -> int:
        """Count the repairs of rows that are still in, each row once; return the rows kept."""
        for reason, parts in self._repairs.items():
            rows = np.unique(np.concatenate(parts))
            shown = self._shown[reason]
            examples = [shown[row] for row in sorted(shown) if self.alive[row]]
            self._report.repair(reason, int(self.alive[rows].sum()), examples)
        self._repairs.clear()
        return int(self.alive.sum())

    def _examples(self, hits: npt.NDArray[np.intp], values: pd.Series | None) -> list[str]:
        rows = [f"row {self.positions[hit] + self._first_row}" for hit in hits]
        if values is None:
            return rows
        texts = values.iloc[hits].tolist()
        return [example_of(row, text) for row, text in zip(rows, texts, strict=True)]

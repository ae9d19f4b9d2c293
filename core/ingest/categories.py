"""The category of each place or event, held against the policy's allow-list."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from evenbeat.core.errors import InputError
from evenbeat.core.ingest.layer_columns import Flags, as_text, examples
from evenbeat.core.ingest.tally import cap_names
from evenbeat.core.policy.features import (
    CategoryKind,
    category_of,
    event_categories,
    place_categories,
    refusal_of_category,
    require_category,
)

if TYPE_CHECKING:
    from evenbeat.core.config import SourceSettings
    from evenbeat.core.ingest.formats import RawTable
    from evenbeat.core.ingest.tally import IngestReport

_UNLISTED = refusal_of_category("")


def read_categories(
    raw: RawTable,
    chosen: dict[str, pd.Series[Any]],
    source: SourceSettings,
    kind: CategoryKind,
    report: IngestReport,
) -> tuple[npt.NDArray[np.object_], Flags]:
    """Return the category of each row as the policy spells it, and which rows have one.

    Categories that are not on the list are dropped, counted and named.

    Raises
    ------
    PolicyError
        The settings give the whole file a category that is not on the list.
    InputError
        The file has no category, and neither its settings nor its name give one.
    """
    constant = source.category or source.constants.get("category")
    if constant is not None and "category" not in source.columns:
        if "category" in report.columns:
            report.dropped_columns.append(report.columns.pop("category"))
        return np.full(len(raw), require_category(constant, kind), object), np.ones(len(raw), bool)
    if "category" not in chosen:
        return _category_of_file(raw, kind, report)
    given = as_text(chosen["category"])
    meaning = {name: category_of(name, kind) for name in given.unique()}
    category = given.map(meaning).to_numpy(object)
    listed = given.map({name: found is not None for name, found in meaning.items()}).to_numpy(bool)
    _count_refused(given, listed, report)
    return category, listed


def _category_of_file(
    raw: RawTable, kind: CategoryKind, report: IngestReport
) -> tuple[npt.NDArray[np.object_], Flags]:
    found = category_of(raw.name, kind)
    if found is None:
        allowed = place_categories() if kind == "place" else event_categories()
        raise InputError(
            f"{raw.name} has no column that says what its {kind}s are. Map one as 'category', or"
            f" give category = '...' for the whole file; allowed are {', '.join(allowed)}."
        )
    report.note(f"The name of the file says that its {kind}s are of the category {found}.")
    return np.full(len(raw), found, object), np.ones(len(raw), bool)


def _count_refused(given: pd.Series[str], listed: Flags, report: IngestReport) -> None:
    blank = (given == "").to_numpy()
    report.drop("missing_category", int(blank.sum()), examples(blank))
    others = given[~listed & ~blank]
    books: dict[str, dict[str, int]] = {"unknown_category": {}, "refused_category": {}}
    why: dict[str, str] = {}
    for name, count in others.value_counts().sort_index().items():
        reason = refusal_of_category(str(name))
        book = "unknown_category" if reason == _UNLISTED else "refused_category"
        books[book][str(name)] = int(count)
        why.update(dict.fromkeys(cap_names({str(name): 1}), reason))
    for book, counts in books.items():
        rows = given.isin(list(counts)).to_numpy()
        report.drop(book, int(rows.sum()), examples(rows, given))
    report.unknown_classes = cap_names(books["unknown_category"])
    report.refused_classes = cap_names(books["refused_category"])
    report.refused_reasons = {
        name: why.get(name, "none of them may be used") for name in report.refused_classes
    }

"""What happened: class codes to crime types, refusals by class, and the susceptibility gate."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from evenbeat.core.config import SourceSettings
from evenbeat.core.ingest.columns import ColumnPlan
from evenbeat.core.ingest.formats import RawTable
from evenbeat.core.ingest.sieve import Sieve
from evenbeat.core.ingest.tally import IngestReport, cap_names
from evenbeat.core.policy.crime_types import CrimeTypeTable, refused_groups
from evenbeat.core.policy.susceptibility import LIMIT, MINIMUM_ROWS, SusceptibilityGate

Flags = npt.NDArray[np.bool_]

_TRUE = {"true", "t", "yes", "y", "1", "1.0", "x"}
_FALSE = {"false", "f", "no", "n", "0", "0.0"}
_GUNFIRE = "gunfire"


@dataclass(frozen=True)
class ClassColumns:
    """What the rows of a file are about.

    Parameters
    ----------
    crime_type
        Type of each row, missing where it has none.
    class_code
        The codes that the table knows.
    officer_initiated
        Where an officer found it; all False without that flag.
    gate
        Flagged rows by class and by code.
    """

    crime_type: pd.Series
    class_code: pd.Series
    officer_initiated: Flags
    gate: SusceptibilityGate


def read_classes(
    raw: RawTable, plan: ColumnPlan, *, source: SourceSettings, kinds: npt.NDArray[np.object_],
    crime_types: CrimeTypeTable, sieve: Sieve, report: IngestReport,
) -> ClassColumns:  # fmt: skip
    """Tell the crime type of each row; rows of unknown and of refused classes are dropped.

    The arrest and officer-initiated flags are read here, counted by class, and go no further.
    A row that its source kind calls discovered counts as flagged. Gunfire counts as such only where
    a sensor heard it.

    Parameters
    ----------
    raw, plan, source, crime_types
        The table, its columns, its settings and what class codes mean.
    kinds
        Source kind of each row.
    sieve, report
        Take the account.
    """
    if source.role == "gunfire":
        meant = _gunfire(raw, plan, crime_types)
    else:
        meant = _meanings(raw, plan, source, kinds == "sensor", crime_types, sieve, report)
    flagged, known, officer_initiated = _flags(raw, plan, report)
    if plan.has("source_kind"):
        flagged |= kinds == "discovered"
        known |= True
    alive = sieve.alive.copy()
    _drop_classes(meant, sieve, report)
    classes = meant["crime_type"].where(meant["crime_type"].notna(), meant["refused_group"])
    gate = SusceptibilityGate.count(classes, flagged, known & alive)
    gate = gate.with_codes(meant["crime_type"], meant["known_codes"], flagged, known & sieve.alive)
    _tell_gate(gate, report)
    _tell_codes(gate, report)
    return ClassColumns(meant["crime_type"], meant["known_codes"], officer_initiated, gate)


def class_system_of(codes: pd.Series, asked: str, preset: str, crime_types: CrimeTypeTable) -> str:
    """Return the scheme of a column of codes: as asked for, as the preset says, or detected."""
    for choice in (asked, preset):
        if choice != "auto":
            return choice
    return crime_types.detect_system(codes) or "words"


def _meanings(
    raw: RawTable, plan: ColumnPlan, source: SourceSettings, is_sensor: Flags,
    crime_types: CrimeTypeTable, sieve: Sieve, report: IngestReport,
) -> pd.DataFrame:  # fmt: skip
    codes = class_codes(raw, plan, "class_code")
    blank = (codes.isna() | (codes.str.strip() == "")).to_numpy(bool)
    system = class_system_of(codes, source.class_system, plan.preset.class_system, crime_types)
    report.note(f"Class codes were read as {system}.")
    meant = crime_types.understand(system, codes)
    if plan.has("fallback_class_code"):
        _use_fallback(meant, raw, plan, crime_types, sieve)
    elif blank.any():
        sieve.drop("missing_class", blank, None)
    sieve.repair("several_classes", meant["n_codes"].to_numpy() > 1, codes)
    unheard = (meant["crime_type"] == _GUNFIRE).to_numpy(bool, na_value=False) & ~is_sensor
    meant.loc[unheard, "crime_type"] = None
    meant.loc[unheard, "refused_group"] = "unconfirmed_gunfire"
    return meant


def class_codes(raw: RawTable, plan: ColumnPlan, ours: str) -> pd.Series:
    """Return a column of class codes as text."""
    if plan.has(ours):
        values = plan.values(raw, ours)
        if values.dtype.kind == "f":
            values = values.astype("Int64") if (values.dropna() % 1 == 0).all() else values
        return values.astype("str").where(values.notna()).astype("str")
    return pd.Series(plan.constants[ours], index=raw.rows.index, dtype="str")


def _use_fallback(
    meant: pd.DataFrame, raw: RawTable, plan: ColumnPlan, crime_types: CrimeTypeTable, sieve: Sieve
) -> None:
    """Fill in rows whose first code says nothing from the second column, in place."""
    unknown = (meant["crime_type"].isna() & meant["refused_group"].isna()).to_numpy(bool)
    if not unknown.any():
        return
    codes = class_codes(raw, plan, "fallback_class_code")[unknown]
    system = class_system_of(codes, "auto", plan.preset.fallback_class_system, crime_types)
    second = crime_types.understand(system, codes)
    helps = (second["crime_type"].notna() | second["refused_group"].notna()).to_numpy(bool)
    rows = meant.index[unknown][helps]
    meant.loc[rows, ["crime_type", "refused_group", "known_codes"]] = second.loc[
        rows, ["crime_type", "refused_group", "known_codes"]
    ]
    blank = (meant["n_codes"] == 0).to_numpy(bool)
    sieve.drop("missing_class", blank & ~meant.index.isin(rows), None)
    sieve.repair(
        "fallback_class", meant.index.isin(rows), class_codes(raw, plan, "fallback_class_code")
    )


def _gunfire(raw: RawTable, plan: ColumnPlan, crime_types: CrimeTypeTable) -> pd.DataFrame:
    """Take every alert as gunfire but those whose class says that they are none."""
    given = "class_code" in plan.columns or "class_code" in plan.constants
    codes = (
        class_codes(raw, plan, "class_code")
        if given
        else pd.Series(_GUNFIRE, index=raw.rows.index, dtype="str")
    )
    meant = crime_types.understand("words", codes)
    is_gunfire = meant["refused_group"].isna().to_numpy(bool)
    meant.loc[is_gunfire, "crime_type"] = _GUNFIRE
    meant.loc[is_gunfire, "known_codes"] = _GUNFIRE.upper()
    meant.loc[is_gunfire, "unknown_codes"] = ""
    return meant


def _drop_classes(meant: pd.DataFrame, sieve: Sieve, report: IngestReport) -> None:
    refused = sieve.drop(
        "refused_class", meant["refused_group"].notna().to_numpy(bool), meant["known_codes"]
    )
    counts = meant.loc[refused, "refused_group"].value_counts()
    report.refused_classes = {str(group): int(count) for group, count in counts.items()}
    report.refused_reasons = {group: refused_groups()[group].reason for group in counts.index}
    unknown = sieve.drop(
        "unknown_class", meant["crime_type"].isna().to_numpy(bool), meant["unknown_codes"]
    )
    codes = meant.loc[unknown, "unknown_codes"].value_counts()
    report.unknown_classes = cap_names({str(code): int(count) for code, count in codes.items()})
    if unknown.any():
        report.note(
            "Unknown class codes can be given a meaning in crime_types.csv of the workspace"
            " (system, code, crime_type, group, description)."
        )


def _flags(raw: RawTable, plan: ColumnPlan, report: IngestReport) -> tuple[Flags, Flags, Flags]:
    """Return where a flag is set, where one is known, and where an officer took the initiative."""
    size = len(raw.rows)
    flagged, known = np.zeros(size, bool), np.zeros(size, bool)
    officer_initiated = np.zeros(size, bool)
    names = [name for name in ("arrest", "officer_initiated") if plan.has(name)]
    for name in names:
        is_set, says = _truth(plan.values(raw, name))
        flagged |= is_set
        known |= says
        if name == "officer_initiated":
            officer_initiated = is_set
    if names:
        report.note(
            f"{' and '.join(plan.columns[name] for name in names)} served the susceptibility gate"
            " and was dropped."
        )
    else:
        report.note(
            "The file has no arrest or officer-initiated flag, so the susceptibility gate cannot"
            " judge its classes."
        )
    return flagged, known, officer_initiated


def _truth(values: pd.Series) -> tuple[Flags, Flags]:
    """Return where a flag is set, and where it says anything; other values say nothing."""
    codes, distinct = pd.factorize(values)
    texts = [str(value).strip().casefold() for value in distinct]
    is_set = np.array([*(text in _TRUE for text in texts), False])
    says = np.array([*(text in _TRUE or text in _FALSE for text in texts), False])
    return is_set[codes], says[codes]


def _tell_gate(gate: SusceptibilityGate, report: IngestReport) -> None:
    report.flagged_by_class = dict(gate.counts)
    types = [name for name in gate.refused if name not in refused_groups()]
    report.refused_for_training = types
    for name in types:
        report.note(
            f"{name} is refused for training, with weight 0: {gate.share(name):.0%} of its rows"
            f" carry a flag, the limit is {LIMIT:.0%}."
        )
    for name in gate.undecided:
        if name not in refused_groups():
            report.note(
                f"{name} has too few rows to judge its share of flags ({gate.counts[name][0]} of at"
                f" least {MINIMUM_ROWS})."
            )


def _tell_codes(gate: SusceptibilityGate, report: IngestReport) -> None:
    """Name the codes above the limit, whatever the share of their type as a whole."""
    report.flagged_by_code = dict(gate.codes)
    report.refused_codes = list(gate.refused_codes)
    for key in gate.refused_codes:
        rows, hits = gate.codes[key]
        report.note(
            f"Code {key} is refused for training, with weight 0: {hits / rows:.0%} of its"
            f" {rows:,} rows carry a flag, the limit is {LIMIT:.0%}."
        )

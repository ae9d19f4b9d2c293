"""Identifiers of incidents: mended where a spreadsheet spoilt them, made where a file has none."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from evenbeat.core.ingest.sieve import Sieve

_FLOAT = r"\d+\.0+"
_SCIENTIFIC = r"\d(?:\.\d+)?[eE]\+\d+"
_BLANKS = ("", "nan", "NaN", "NULL", "null", "None", "<NA>")


def read_identifiers(values: pd.Series, sieve: Sieve) -> pd.Series:
    """Return identifiers as text; rows without a usable one are dropped.

    ``2008466348.0`` becomes ``2008466348``. ``2.00847E+09`` lost digits and names several rows, so
    its row is dropped.
    """
    if values.dtype.kind == "f":
        whole = values.notna() & (values % 1 == 0)
        as_integers = values.where(whole, 0).astype("int64").astype("str")
        texts = values.astype("str").where(~whole, as_integers)
    else:
        texts = values.astype("str").str.strip()
    missing = values.isna().to_numpy() | texts.isin(_BLANKS).to_numpy()
    sieve.drop("missing_id", missing, None)
    is_float = texts.str.fullmatch(_FLOAT).fillna(False).to_numpy(bool)
    if is_float.any():
        sieve.repair("id_as_float", is_float & ~missing, texts)
        texts = texts.where(~is_float, texts.str.split(".").str[0])
    damaged = texts.str.fullmatch(_SCIENTIFIC).fillna(False).to_numpy(bool)
    sieve.drop("damaged_id", damaged, texts)
    return texts.where(~missing, "").astype("str")


def make_identifiers(columns: list[pd.Series]) -> pd.Series:
    """Return identifiers made of a row's content, for a file that has none.

    The same content has the same identifier in every file; rows that are alike in all columns are
    numbered.

    Parameters
    ----------
    columns
        What tells the rows apart, as the file has it.
    """
    content = pd.concat([column.astype("str") for column in columns], axis=1)
    content.columns = pd.Index([str(number) for number in range(len(columns))])
    digests = pd.util.hash_pandas_object(content, index=False).to_numpy()
    texts = pd.Series([f"made-{digest:016x}" for digest in digests.tolist()], index=content.index)
    rank = texts.groupby(texts).cumcount()
    numbered = texts + "-" + (rank + 1).astype("str")
    return texts.where(rank == 0, numbered).astype("str")


def newest_versions(
    sources: pd.Series, identifiers: pd.Series, last_updated: npt.NDArray[np.datetime64]
) -> npt.NDArray[np.bool_]:
    """Return which rows are the newest of their source and identifier.

    The newest ``last_updated`` wins; where it is equal or unknown, the later row of the file does.
    """
    keys = pd.DataFrame({"source": sources.to_numpy(), "incident_id": identifiers.to_numpy()})
    if not keys.duplicated().any():
        return np.ones(len(keys), bool)
    version = np.where(
        np.isnat(last_updated), np.iinfo(np.int64).min, last_updated.astype(np.int64)
    )
    order = np.argsort(version, kind="stable")
    newest = np.zeros(len(keys), bool)
    newest[order] = ~keys.iloc[order].duplicated(keep="last").to_numpy()
    return newest

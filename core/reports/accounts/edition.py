"""The frame of every patrol report: its header, its files, what its words mean, its limits."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import numpy as np

from evenbeat.core.errors import InputError
from evenbeat.core.reports import wording
from evenbeat.core.reports.accounts.edition_words import LIMITS, terms_of
from evenbeat.core.reports.page import number, percent, render_page
from evenbeat.core.store.files import canonical_json, replacing_file

if TYPE_CHECKING:
    import pandas as pd
    from markupsafe import Markup

_FORMAT = "evenbeat-account/1"
_FILE_NAME = re.compile(r"[a-z0-9][a-z0-9_-]*")
_SHORT_ID, _MOST_RUNS = 19, 6


@dataclass(frozen=True)
class Edition:
    """What all patrol reports say at their top.

    Parameters
    ----------
    title
        Of the page.
    agency
        Name of the agency.
    timezone
        Name of its time zone, such as ``America/Chicago``.
    first, last
        First and last day of service told of.
    freshness
        Time of the newest ping in ISO form with its offset; empty without pings.
    ping_interval_s
        Median time between two pings of a unit; NaN where unknown.
    unknown_share
        Share of the minutes on duty that fell between pings too far apart; NaN without pings.
    outside_share
        Share of the minutes on duty that were outside the jurisdiction; NaN without pings.
    issued, approved, delivered
        Number of assignments that stood at the end of their day, of those that were approved, and
        of those that were visited or partly visited.
    run_ids
        Runs of the forecasts, plans and measurements behind the report.
    notes
        Sentences that a reader must know about this edition.
    visited
        Of those delivered, how many had their visits and minutes.
    log_head
        Hash of the newest entry of the log; empty without a log.
    """

    title: str
    agency: str
    timezone: str
    first: dt.date
    last: dt.date
    freshness: str
    ping_interval_s: float
    unknown_share: float
    outside_share: float
    issued: int
    approved: int
    delivered: int
    run_ids: tuple[str, ...]
    notes: tuple[str, ...]
    log_head: str
    visited: int = 0

    @property
    def zone(self) -> ZoneInfo:
        """Return the agency's time zone."""
        return ZoneInfo(self.timezone)

    @property
    def period(self) -> str:
        """Return the days told of, in words."""
        if self.first == self.last:
            return wording.day(self.first)
        return f"{wording.day(self.first)} to {wording.day(self.last)}"


def write_report(
    folder: Path,
    *,
    edition: Edition,
    kind: str,
    template: str,
    document: dict[str, Any],
    tables: Mapping[str, pd.DataFrame],
    figures: Mapping[str, Markup],
) -> list[Path]:
    """Write a report as a page, as JSON and as tables; return the paths.

    Each file is replaced whole; the same input gives the same bytes.

    Parameters
    ----------
    folder
        Where to write ``<kind>.html``, ``<kind>.json`` and ``tables/<kind>-<name>.csv`` and
        ``.parquet``.
    edition
        The header.
    kind
        Name of the files; it also chooses the definitions and the limits that the page prints.
    template
        File in ``templates/`` that extends ``accounts.html``. It is given ``document``,
        ``edition``, ``figures``, ``header``, ``terms`` and ``limits``.
    document
        What the report says; numpy values are made plain, and a number that is not finite is
        None.
    tables
        By short name; lower-case letters, digits, ``-`` and ``_``.
    figures
        Pictures by the name that the template uses. One that is missing is not drawn.

    Raises
    ------
    InputError
        The kind is not known, or a name does not fit a file.
    """
    if kind not in LIMITS:
        raise InputError(f"There is no patrol report {kind!r}. Choose one of {sorted(LIMITS)}.")
    odd = [name for name in tables if not _FILE_NAME.fullmatch(name)]
    if odd:
        raise InputError(
            f"Tables named {odd} cannot be files. Use lower-case letters, digits, '-' and '_'."
        )
    told = plain(document)
    page = render_page(
        template, document=told, edition=edition, figures=figures, header=_header(edition),
        terms=terms_of(kind), limits=LIMITS[kind],
    )  # fmt: skip
    written = {"format": _FORMAT, "kind": kind, "edition": plain(asdict(edition)),
               "document": told}  # fmt: skip
    folder = Path(folder)
    paths = [
        _write(folder / f"{kind}.html", page.encode("utf-8")),
        _write(folder / f"{kind}.json", (canonical_json(written) + "\n").encode("utf-8")),
    ]
    for name, table in tables.items():
        paths += _write_table(folder / "tables", f"{kind}-{name}", table)
    return paths


def plain(value: Any) -> Any:
    """Return a value as JSON knows it: numpy and dates made plain, what is not finite None.

    Raises
    ------
    InputError
        The value has no form in JSON.

    Examples
    --------
    >>> plain({"minutes": np.float64("nan"), "days": (dt.date(2017, 1, 3),), "n": np.int64(2)})
    {'minutes': None, 'days': ['2017-01-03'], 'n': 2}
    """
    if isinstance(value, Mapping):
        return {str(key): plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [plain(one) for one in value]
    if isinstance(value, np.ndarray | np.generic):
        return plain(value.tolist())
    if isinstance(value, float):
        return value if np.isfinite(value) else None
    if isinstance(value, dt.date):
        return value.isoformat()
    if value is None or isinstance(value, str | int):
        return value
    raise InputError(
        f"A report cannot hold {type(value).__name__} {value!r}. Give text, numbers, dates, or"
        " lists and dictionaries of them."
    )


def _header(edition: Edition) -> dict[str, str]:
    """Return what the header says of the measurement, in words."""
    newest = "no pings in this period"
    if edition.freshness:
        newest = wording.moment(dt.datetime.fromisoformat(edition.freshness), edition.zone)
    interval = edition.ping_interval_s
    shares = {"unknown": edition.unknown_share, "outside": edition.outside_share}
    return {
        "newest_ping": newest,
        "ping_interval": f"{number(interval)} s" if np.isfinite(interval) else "not known",
        **{name: f"{percent(share)} of minutes on duty" if np.isfinite(share) else "not known"
           for name, share in shares.items()},
        "runs": _runs(edition.run_ids),
        "log_head": edition.log_head[:_SHORT_ID] or "none",
    }  # fmt: skip


def _runs(run_ids: tuple[str, ...]) -> str:
    """Return the first runs under short names, and how many there are more."""
    told = ", ".join(run[:_SHORT_ID] for run in run_ids[:_MOST_RUNS]) or "none"
    more = len(run_ids) - _MOST_RUNS
    return f"{told} and {more} more" if more > 0 else told


def _write(path: Path, content: bytes) -> Path:
    with replacing_file(path) as temporary:
        temporary.write_bytes(content)
    return path


def _write_table(folder: Path, stem: str, table: pd.DataFrame) -> list[Path]:
    """Write a table for spreadsheets and, with its types, for programs."""
    rows, columns = folder / f"{stem}.csv", folder / f"{stem}.parquet"
    _write(rows, table.to_csv(index=False, lineterminator="\n").encode("utf-8"))
    with replacing_file(columns) as temporary:
        table.to_parquet(temporary, index=False)
    return [rows, columns]

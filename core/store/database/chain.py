"""The chain of the log: what each entry's hash covers, and what is wrong with a row."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass

GENESIS = "0" * 64

# One encoder for all: making one for each of a million rows would take longer than hashing them.
_canonical = json.JSONEncoder(
    sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
).encode


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One row of the log; ``hash`` covers all other fields."""

    entry: int
    at: str
    actor: str
    action: str
    detail: str
    previous_hash: str
    hash: str

    def computed_hash(self) -> str:
        """Return the SHA-256 that the row should carry."""
        return entry_hash(
            self.entry, self.at, self.actor, self.action, self.detail, self.previous_hash
        )


@dataclass(frozen=True, slots=True)
class Verification:
    """What checking the chain found."""

    entries: int
    head: str
    fault: str | None

    @property
    def intact(self) -> bool:
        """Return whether every row is as it was written."""
        return self.fault is None


def entry_hash(
    entry: int, at: str, actor: str, action: str, detail: str, previous_hash: str
) -> str:
    """Return the SHA-256 of an entry's canonical JSON."""
    text = _canonical([entry, at, actor, action, detail, previous_hash])
    return hashlib.sha256(text.encode()).hexdigest()


def check_chain(entries: Iterable[AuditEntry], *, anchored_head: str | None = None) -> Verification:
    """Check entries from the first to the last.

    Parameters
    ----------
    entries
        Every row, in the order of its number.
    anchored_head
        A head hash kept elsewhere; it must occur in the chain, or rows were cut off.

    Returns
    -------
    The number of the last row that was looked at and the last hash that held; with the first
    fault, where there is one.
    """
    previous, number, seen_anchor = GENESIS, 0, anchored_head in (None, GENESIS)
    for row in entries:
        number += 1
        fault = _fault(row, number, previous)
        if fault:
            return Verification(number, previous, fault)
        previous = row.hash
        seen_anchor = seen_anchor or row.hash == anchored_head
    fault = None if seen_anchor else f"the anchored head {anchored_head} is not in the log"
    return Verification(number, previous, fault)


def _fault(row: AuditEntry, number: int, previous: str) -> str | None:
    """Return what is wrong with a row that should be the given number after the given hash."""
    if row.entry != number:
        return f"entry {number} is missing: the next row is entry {row.entry}"
    if row.previous_hash != previous:
        return f"entry {number} does not follow the entry before it: a row was changed or inserted"
    if row.hash != row.computed_hash():
        return f"entry {number} ({row.action}, {row.at}) was changed after it was written"
    return None

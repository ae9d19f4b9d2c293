"""Free text without personal data: what looks like it is withheld before anything is stored."""

from __future__ import annotations

import re

WITHHELD = "[withheld: looked like personal data]"
LONGEST = 400
_PATTERNS = tuple(
    re.compile(pattern)
    for pattern in (
        r"[\w.+-]+@[\w-]+\.\w+",  # e-mail
        r"\+?\d[\d ().-]{7,}\d",  # telephone, social security, licence numbers
        r"(?i)\b\d{3}[.-]\d{4}\b(?!\s+(?:block|blk)\b)",  # telephone without area code
        r"\b\d{1,2}[/.-]\d{1,2}[/.-]\d{2,4}\b",  # dates, as of birth
        r"(?i)\b(dob|d\.o\.b\.?|born|ssn|date of birth)\b",
        r"\b(?i:mr|mrs|ms|dr|officer|ofc|sgt|det|deputy)\.?\s+[A-Z]\w+",
        r"\b(?i:suspect|victim|witness|complainant|arrestee|named?|alias|aka)(?:\s*[:=]\s*|\s+)"
        r"[A-Z]\w+(\s+[A-Z]\w+)?",
        r"(?i)\b(plate|tag|licen[cs]e)\s*(no\.?|number|#)?\s*[:=]?\s*(?-i:[A-Z]{1,4}\s)?"
        r"[A-Z0-9-]*\d[A-Z0-9-]*\b",
        r"(?i)\b(black|white|hispanic|latino|latina|asian|arab)\s+(male|female|man|woman|boy|girl|kid"
        r"|teen|youth)s?\b",
        # "am" and "of" are words, so two letters alone do not stand for those.
        r"(?i)\b([bwhao]/[mf]|[bwh][mf])\b",
    )
)  # fmt: skip


def without_personal_data(text: str) -> tuple[str, bool]:
    """Return a note that may be stored, and whether parts of it were withheld.

    A guard against slips, not a proof: it knows the shapes of e-mail addresses, telephone and
    document numbers, dates of birth, plates, titles before a name, roles before a name, and
    descriptions of persons. Longer notes than 400 characters are cut, after that.

    Examples
    --------
    >>> without_personal_data("Gate to the yard stands open")
    ('Gate to the yard stands open', False)
    >>> without_personal_data("call 312-555-0147 about the gate")
    ('call [withheld: looked like personal data] about the gate', True)
    """
    # More than is kept, so that what the cut goes through is still known by its shape.
    clean = " ".join(text.split())[: 2 * LONGEST]
    for pattern in _PATTERNS:
        clean = pattern.sub(WITHHELD, clean)
    return clean[:LONGEST], WITHHELD in clean

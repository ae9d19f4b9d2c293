"""Free text without personal data: what looks like it is withheld before anything is stored."""

from __future__ import annotations

import re
from collections.abc import Iterator

WITHHELD = "[withheld: looked like personal data]"
LONGEST = 400
_RACE = (
    r"(?:black|white|hispanic|latin[oax]|asian|arab|african[- ]american|caucasian|mexican|indian"
    r"|native american|middle[- ]eastern|mixed[- ]race)"
)
_AGE_WORDS = r"(?:\s+(?:young|old|older|elderly|teenaged?|adult|juvenile|middle-aged))?"
_PERSON = (
    r"(?:males?|females?|man|men|wom[ae]n|boys?|girls?|kids?|child|children|teens?|teenagers?"
    r"|youths?|juveniles?|juvs?|adults?|guys?|dudes?|lady|ladies|gentlem[ae]n|subjects?|suspects?"
    r"|persons?|people|individuals?|offenders?|drivers?|couples?)"
)
_RANK = (
    r"(?i:p\.?o|p\.?c|p/o|ofc|off|officer|sgt|sergeant|det|detective|deputy|dep|lt|lieutenant|capt"
    r"|captain|cpl|corporal|constable|inspector|insp|trooper|chief)"
)
_STREET = (
    r"(?:St|Street|Ave?|Avenue|Rd|Road|Blvd|Boulevard|Dr|Drive|Ln|Lane|Ct|Court|Pl|Place|Way|Hwy"
    r"|Highway|Pkwy|Parkway|Ter|Terrace|Cir|Circle|Sq|Square|Row|Close|Crescent)"
)
_HOUSE_NUMBER = r"(?<![\w-])\d{1,5}[A-Za-z]?(?=\s+(?!(?i:block|blk)\b)"
_PATTERNS = tuple(
    re.compile(pattern)
    for pattern in (
        r"[\w.+-]+@[\w-]+\.\w+",  # e-mail
        r"\+?\d[\d ().-]{7,}\d",  # telephone, social security, licence numbers
        r"(?i)\b\d{3}[.-]\d{4}\b(?!\s+(?:block|blk)\b)",  # telephone without area code
        r"\b\d{1,2}[/.-]\d{1,2}[/.-]\d{2,4}\b",  # dates, as of birth
        r"(?i)\b(dob|d\.o\.b\.?|born|ssn|date of birth)\b",
        r"\b(?i:mr|mrs|ms|dr|miss)\.?\s+[A-Z]\w+",
        rf"\b{_RANK}\.?\s+(?!Box\b)[A-Z][\w'’-]+(?:\s+[A-Z][a-z][\w'’-]*)?",
        rf"\b(?:{_RANK}|(?i:badge|shield|star))\.?\s*(?i:no\.?|number|#)?\s*\d{{3,}}\b",
        r"\b(?i:suspect|victim|witness|complainant|arrestee|named?|alias|aka)(?:\s*[:=]\s*|\s+)"
        r"[A-Z]\w+(\s+[A-Z]\w+)?",
        r"(?i)\b(plate|tag|licen[cs]e)\s*(no\.?|number|#)?\s*[:=]?\s*(?-i:[A-Z]{1,4}\s)?"
        r"[A-Z0-9-]*\d[A-Z0-9-]*\b",
        rf"(?i)\b{_RACE}{_AGE_WORDS}\s+{_PERSON}\b",
        rf"(?i)\b(?:male|female|juvenile|subject),?\s+{_RACE}\b",
        r"(?i)\b\d{1,3}\s*-?\s*(?:y/?o|y\.o\.?|yoa|(?:years?|yrs?)[- ](?:old|of age)|year-olds?)\b",
        r"(?i)\b(?:aged?)\s+\d{1,3}\b",
        # "am" and "of" are words, so two letters alone do not stand for those.
        r"(?i)\b([bwhao]/[mf]|[bwh][mf])\b",
        # The number of a house alone: the street may stay, as a block may.
        rf"{_HOUSE_NUMBER}(?:[NSEWnsew]\.?\s+)?(?:[A-Z0-9][\w'’]*\s+){{1,3}}{_STREET}\b)",
        rf"{_HOUSE_NUMBER}[a-z]\w+\s+(?:st|ave?|avenue|rd|blvd|ln)\b)",
        r"(?i)(?<=\bat )\d{1,5}(?=\s+\w+\s+(?:street|road)\b"
        r"(?!\s*(?:lights?|lamps?|signs?|corners?)\b))",
        r"(?i)\b(?:apt|apartment)\.?\s*#?\s*\d+\w*\b",
        # An initial before a name; N, S, E and W are parts of streets.
        r"(?<![\w'’])(?:[A-DF-MO-RT-VX-Z]\.\s?){1,2}[A-Z][a-z][\w'’-]+",
    )
)  # fmt: skip
_WORD = re.compile(r"[^\W\d_][\w'’-]*")
_PLACES = (
    "st street ave av avenue rd road blvd boulevard dr drive ln lane ct court pl place way hwy "
    "highway pkwy parkway ter terrace circle sq square row alley block corner park parks school "
    "station mall market plaza church mosque temple synagogue library hospital clinic bridge hall "
    "center centre store stores shop shops bank hotel motel inn bar cafe pub restaurant pharmacy "
    "garage lot yard depot college university academy garden gardens field stadium arena museum "
    "theater theatre tower towers apartments apts estate heights hill hills village town city "
    "district county beach harbor harbour pier river lake creek bay island north south east west "
    "northeast northwest southeast southwest bus metro train line stop exit gate zone team unit "
    "department dept police fire neighborhood neighbourhood watch house building monday tuesday "
    "wednesday thursday friday saturday sunday january february march april may june july august "
    "september october november december"
)
_PLACE_WORDS = frozenset(_PLACES.split())
_SAID_OF_PERSONS = re.compile(
    r"\s+(?:is|was|has|had|says|said|asked|asks|told|tells|wants|wanted|lives|called|ran|who|of)\b"
)


def without_personal_data(text: str) -> tuple[str, bool]:
    """Return a note that may be stored, and whether parts of it were withheld.

    A guard against slips, not a proof. It knows the shapes of e-mail addresses, telephone and
    document numbers, dates of birth, ages, plates, numbers of houses and flats, titles, ranks and
    roles before a name, descriptions of persons, and names: two words in capitals that follow
    each other inside a sentence and are no street or place. It does not know names in lower case
    or all in capitals, first or last names alone, most names at the start of a sentence, nor
    names that are also words for places, such as Hill or Church; and it withholds some names of
    shops. Longer notes than 400 characters are cut, after that.

    Examples
    --------
    >>> without_personal_data("Gate to the yard stands open")
    ('Gate to the yard stands open', False)
    >>> without_personal_data("call 312-555-0147 about the gate")
    ('call [withheld: looked like personal data] about the gate', True)
    >>> without_personal_data("Spoke with Maria Gonzalez near Elm Street")
    ('Spoke with [withheld: looked like personal data] near Elm Street', True)
    """
    # More than is kept, so that what the cut goes through is still known by its shape.
    clean = " ".join(text.split())[: 2 * LONGEST]
    for pattern in _PATTERNS:
        clean = pattern.sub(WITHHELD, clean)
    for start, end in reversed(list(_names(clean))):
        clean = clean[:start] + WITHHELD + clean[end:]
    return clean[:LONGEST], WITHHELD in clean


def _names(text: str) -> Iterator[tuple[int, int]]:
    """Yield from where to where two or more capitalised words look like a person's name."""
    words = list(_WORD.finditer(text))
    first = 0
    while first < len(words):
        last = first
        while last < len(words) and _is_capitalised(words[last][0]) and (
            last == first or text[words[last - 1].end() : words[last].start()] == " "
        ):  # fmt: skip
            last += 1
        run = words[first:last]
        first = max(last, first + 1)
        if not run:
            continue
        before = text[: run[0].start()].rstrip(" \"'(")
        is_opening = not before or before.endswith((".", "!", "?", ":"))
        # The first word of a sentence has its capital from there, and may be "Stop" or "Watch".
        inside = run[1:] if is_opening else run
        named = run if _SAID_OF_PERSONS.match(text, run[-1].end()) else inside
        if len(named) > 1 and not _is_place(text, inside):
            yield named[0].start(), named[-1].end()


def _is_capitalised(word: str) -> bool:
    return word[0].isupper() and any(letter.islower() for letter in word)


def _is_place(text: str, run: list[re.Match[str]]) -> bool:
    """Return whether a run of words holds a word for a place, or stands before one."""
    following = _WORD.match(text, run[-1].end() + 1)
    near = [word[0] for word in run] + ([following[0]] if following else [])
    return any(word.casefold() in _PLACE_WORDS for word in near)

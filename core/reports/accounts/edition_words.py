"""What the words in patrol reports mean, and what the reports cannot show."""

from __future__ import annotations

DEFINITIONS: dict[str, str] = {
    "activity": "A stretch of directed patrol as officers logged it: unit, officers, assignment,"
    " tactic, start and end.",
    "approved": "Assignments that a person had approved by the end of their shift. The others"
    " that were issued stood as proposed.",
    "assigned and completed": "Assignments that an officer or a unit took part in or was to go"
    " to, and those of them that had their visits and minutes.",
    "areal weighting": "Residents are spread evenly over their area, and minutes over their cell,"
    " so that both can be counted for the same ground.",
    "assignment": "A box on one shift: planned visits and minutes, the crime type with the largest"
    " share of its priority, and tactics.",
    "availability-adjusted": "Directed minutes for each hour that was free for them, that is"
    " uncommitted. A unit that was sent from call to call had few such hours.",
    "box": "One cell of the grid or a few together. A box is a place where a visit may help; it is"
    " not a prediction that a crime will occur.",
    "cell": "One square of the grid that covers the jurisdiction.",
    "committed": "Time in which the unit was on an incident. The rest is uncommitted.",
    "delivered": "Assignments that were visited or partly visited.",
    "directed minutes": "Minutes of logged activities. They come from the log, not from the pings.",
    "dose-to-harm": "Minutes of patrol for each point of severity-weighted crime that was reported"
    " on the same days and ground.",
    "dosage": "Minutes of patrol presence for each cell and shift.",
    "effect": "The difference that patrol made, as far as hold-outs or a comparison can tell.",
    "enforcement": "A tactic that uses police powers against someone. All others, such as foot"
    " patrol, visits to shops or talks with residents, are non-enforcement.",
    "fifth of the residents": "Areas in order of a group's share of their residents, cut so that"
    " each fifth holds about as many residents (a quintile).",
    "first arrival, last leave": "When the first unit came to the box in the shift, and when the"
    " last one left it, on the local clock.",
    "Gini coefficient": "0 where every resident has the same minutes, towards 1 where few have all:"
    " twice the area between the Lorenz curve and the diagonal.",
    "grade A": "Randomised: against hold-outs drawn by lot, with randomisation inference.",
    "grade B": "Quasi-experimental: a matched comparison before and after, with the earlier trend"
    " shown.",
    "grade C": "Descriptive: confounded, as patrol goes where crime is expected.",
    "hold-out": "A cell that could have been assigned but was drawn by lot not to be, so that"
    " effects can be estimated.",
    "incident": "One reported event with its class, time and place.",
    "interval": "The range within which the true rate lies in 95 of 100 such reports, by the"
    " counts alone.",
    "issued": "Assignments that stood at the end of their day, whatever became of them.",
    "Lorenz curve": "Residents in order of their minutes, from least to most, against the share of"
    " all minutes that they have together.",
    "minimum detectable effect": "The smallest difference that these numbers would show in four"
    " of five such trials. A smaller one can be there and not be seen.",
    "observed over expected": "Reported incidents over those that the forecasts expected on the"
    " same days (O/E): above 1, the forecast was too low there.",
    "officer-minutes": "Unit-minutes multiplied by the crew.",
    "outcome": "Visited, partly visited or not visited, by the visits and minutes that the box"
    " was given against those that were planned.",
    "override": "A person's decision that added planned minutes or took some away: reject, move,"
    " add, undo and others.",
    "over-dosed": "A box that had more presence minutes in its shift than the caps on visits"
    " allowed.",
    "patrol minutes": "Minutes with at least one unit in a cell that stood or drove slowly, on no"
    " incident and at no station. Two units at once count once.",
    "ping": "One position that a vehicle's locator sent.",
    "planned minutes": "Minutes of the boxes that stood at the end of their shift, spread evenly"
    " over their cells.",
    "presence minutes": "Minutes with at least one unit in the box or cell that was not on an"
    " incident. Two units at once count once.",
    "priority": "The sum over crime types of risk, severity weight and preventability weight.",
    "risk": "The expected count of incidents of one crime type in one cell in one shift.",
    "severity-weighted crime": "Reported incidents of the modelled types, each counted with the"
    " weight of its type, in points.",
    "shift": "From its start up to, not including, its end on the local clock; it can cross"
    " midnight.",
    "tactic": "What officers did in the box, by the agency's own list.",
    "total net effect": "What was saved in the boxes together with what moved to, or was also"
    " saved in, the ring around them (TNE).",
    "uncommitted": "Known time on duty in which the unit was not on an incident. Time at a"
    " station counts too.",
    "unit-minutes": "Minutes summed over units. Two units at once count twice.",
    "unknown minutes": "Time between two pings further apart than the gap cap. They are credited"
    " to no cell and no box, and always reported.",
    "visit": "A stay of a unit in the box of at least the shortest visit; short absences are"
    " merged.",
    "weighted displacement difference": "The change in the boxes less the change in their"
    " controls, plus the same for the rings around them (WDD). Below 0: fewer crimes.",
    "weighted displacement quotient": "What happened in the ring around the boxes against what"
    " happened in them (WDQ): below 0 crime moved out, above 0 the ring gained too.",
}
"""Every term of the reports, in one sentence or two."""

_DELIVERY = (
    "assignment", "box", "issued", "approved", "delivered", "ping", "unknown minutes",
)  # fmt: skip
_TERMS: dict[str, tuple[str, ...]] = {
    "shift": (
        *_DELIVERY, "cell", "shift", "dosage", "presence minutes", "visit", "outcome",
        "over-dosed", "committed", "uncommitted", "first arrival, last leave",
    ),
    "tactic": (
        *_DELIVERY, "activity", "tactic", "enforcement", "directed minutes", "visit", "incident",
        "hold-out", "interval",
    ),
    "officer": (
        *_DELIVERY, "activity", "tactic", "enforcement", "directed minutes", "committed",
        "uncommitted", "availability-adjusted", "assigned and completed",
    ),
    "crime_type": (
        *_DELIVERY, "cell", "shift", "incident", "risk", "priority", "dosage",
        "presence minutes", "unit-minutes", "visit", "outcome", "hold-out", "tactic",
        "directed minutes", "interval",
    ),
    "crime_dosage": (
        *_DELIVERY, "cell", "shift", "incident", "risk", "dosage", "presence minutes",
        "unit-minutes", "officer-minutes", "hold-out", "effect", "grade A", "grade B", "grade C",
        "minimum detectable effect", "weighted displacement difference",
        "weighted displacement quotient", "total net effect",
    ),
    "equity": (
        *_DELIVERY, "areal weighting", "cell", "dose-to-harm", "fifth of the residents",
        "Gini coefficient", "incident", "Lorenz curve", "observed over expected", "override",
        "patrol minutes", "planned minutes", "severity-weighted crime", "shift",
    ),
}  # fmt: skip
_TERMS["unit"] = _TERMS["officer"]

_MEASURED = (
    "Pings say where a vehicle was, not what its crew did there, and nothing of officers on foot"
    " or without a locator.",
    "Unknown minutes are credited to no box. A box can have had more presence than is shown, never"
    " less.",
    "A position can be off by some tens of metres; a unit that passed on the next street can be in"
    " or out of the box.",
)
_LOGGED = (
    "Directed minutes and tactics are as logged. What nobody logged is not here, and clocks of"
    " people are rounded.",
)
_DESCRIPTIVE = (
    "Patrol goes where crime is expected. What followed it is therefore no effect of it, unless"
    " boxes were drawn by lot and compared with hold-outs.",
)
_NO_JUDGE = (
    "Minutes depend on calls, districts, shifts and leave. They do not say who works well, and"
    " must not be used to rank, reward or discipline anyone.",
    "No crime is told of per person or unit: what happens in a box is not the doing of who went"
    " there.",
)
LIMITS: dict[str, tuple[str, ...]] = {
    "shift": (
        *_MEASURED,
        "The reason given for a missed box is what the data tell; the crew may know another.",
        "A box that was visited is not a crime prevented, and a box that was missed is not a"
        " crime caused.",
    ),
    "tactic": (*_LOGGED, *_DESCRIPTIVE, *_MEASURED[:1]),
    "officer": (*_LOGGED, *_NO_JUDGE, *_MEASURED[:2]),
    "unit": (*_LOGGED, *_NO_JUDGE, *_MEASURED[:2]),
    "crime_type": (*_DESCRIPTIVE, *_MEASURED),
    "crime_dosage": (*_DESCRIPTIVE, *_MEASURED),
    "equity": (
        "It cannot say why minutes differ, nor that anybody meant them to. It compares; it proves"
        " no cause and no discrimination.",
        "It is about places, not persons. Who lives in an area with a high share of a group need"
        " not belong to it, and who is met by patrol need not live there.",
        "Minutes are neither good nor bad in themselves: they can protect and they can burden. How"
        " much is fair is for people to decide, not for a formula.",
        "Reported crime is what became known. Where people report less, or were watched more, it"
        " is off, and so is every measure that divides by it.",
        "Residents are counted where they sleep; those who work, shop or pass through are not.",
        "Intervals tell how days differ. They do not cover errors of the demographic table, of"
        " spreading residents evenly over an area, or of the reports of crime.",
        *_MEASURED,
    ),
}
"""What each report cannot show; its keys are the kinds of report."""


def terms_of(kind: str) -> list[tuple[str, str]]:
    """Return the terms that a report uses with their meaning, in the order of the alphabet.

    Examples
    --------
    >>> terms_of("shift")[0][0], len(terms_of("unit")) == len(terms_of("officer"))
    ('approved', True)
    """
    return [(term, DEFINITIONS[term]) for term in sorted(_TERMS[kind], key=str.casefold)]

"""Review: the states of an assignment, what people may do to it in each, and who may do what."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Literal

from evenbeat.core.errors import ReviewError

State = Literal["proposed", "approved", "rejected", "replaced", "expired"]
Action = Literal[
    "approve", "reject", "move", "resize", "add", "suppress", "exclude", "custom", "lift", "note",
    "undo", "supersede", "expire",
]  # fmt: skip
Role = Literal["analyst", "supervisor", "commander", "auditor", "system"]

STATES: tuple[State, ...] = ("proposed", "approved", "rejected", "replaced", "expired")
STANDING: tuple[State, ...] = ("proposed", "approved")
PEOPLE_DO: tuple[Action, ...] = (
    "approve", "reject", "move", "resize", "suppress", "note", "undo",
)  # fmt: skip
"""What a person may do to an assignment that is there; ``add`` makes one."""

_OPEN = frozenset(STANDING)
_ONLY_PROPOSED = frozenset({"proposed"})
# Action -> the states that it starts from, and the state that it leads to.
_TRANSITIONS: dict[str, tuple[frozenset[str], State]] = {
    "approve": (_ONLY_PROPOSED, "approved"),
    "reject": (_OPEN, "rejected"),
    "suppress": (_OPEN, "rejected"),
    "exclude": (_OPEN, "rejected"),
    "move": (_OPEN, "replaced"),
    "resize": (_OPEN, "replaced"),
    "supersede": (_OPEN, "replaced"),
    "expire": (_ONLY_PROPOSED, "expired"),
}
# A plan or the clock took the place of a person's decision; that is not theirs to take back.
BY_SYSTEM = frozenset({"supersede", "expire"})
_DECIDING_ROLES: tuple[Role, ...] = ("analyst", "supervisor", "commander")
_OVERRIDING_ROLES: tuple[Role, ...] = ("supervisor", "commander")
_NEED_REASON = frozenset({
    "reject", "move", "resize", "add", "suppress", "exclude", "custom", "lift", "note", "undo",
})  # fmt: skip
SHORTEST_REASON, LONGEST_REASON = 3, 2000


def next_state(assignment_id: str, state: State, action: Action) -> State:
    """Return the state that an action leads to.

    ``note`` keeps the state. ``undo`` is not judged here: what it leads to is in the events, see
    `last_decision`.

    Raises
    ------
    ReviewError
        The action is not allowed in the state; the message names those that are.

    Examples
    --------
    >>> next_state("2017-02-04-day-01-01", "proposed", "approve")
    'approved'
    """
    if action == "note":
        return state
    starts, leads_to = _TRANSITIONS.get(action, (frozenset[str](), state))
    if state not in starts:
        raise ReviewError(
            f"{assignment_id} is {state}, so it cannot be {_DONE.get(action, action)}. Allowed "
            f"there: {', '.join(allowed_actions(state))}."
        )
    return leads_to


_DONE = {
    "approve": "approved", "reject": "rejected", "suppress": "suppressed", "move": "moved",
    "exclude": "excluded",
    "resize": "resized", "expire": "expired", "supersede": "superseded", "undo": "undone",
    "add": "added",
}  # fmt: skip


def allowed_actions(state: State) -> tuple[Action, ...]:
    """Return what a person may do to an assignment in a state.

    ``undo`` further needs a decision to take back, and is never one of the system's.

    Examples
    --------
    >>> allowed_actions("rejected")
    ('note', 'undo')
    """
    return tuple(
        action for action in PEOPLE_DO
        if action == "note"
        or (action == "undo" and state != "expired")
        or (action in _TRANSITIONS and state in _TRANSITIONS[action][0])
    )  # fmt: skip


def may_decide(role: Role | None) -> bool:
    """Return whether a role may change anything; an auditor only reads."""
    return role in _DECIDING_ROLES


def require_decider(role: Role | None, actor: str) -> Role:
    """Return the role when it may change assignments.

    Raises
    ------
    ReviewError
        It may only read, or the person has none.
    """
    if role is None or not may_decide(role):
        what = f"has the role {role}" if role else "has no role"
        raise ReviewError(
            f"{actor} {what} and may only list and show. Changes need one of "
            f"{', '.join(_DECIDING_ROLES)}, given under [review.roles] of evenbeat.toml or as a "
            "group role of the database."
        )
    return role


def may_override(role: Role) -> bool:
    """Return whether a role may break a cap, or take back what another person decided."""
    return role in _OVERRIDING_ROLES


def require_override(role: Role, actor: str) -> None:
    """Refuse an override by a role that may not break a cap.

    Raises
    ------
    ReviewError
        The role is neither supervisor nor commander.
    """
    if not may_override(role):
        raise ReviewError(
            f"{actor} has the role {role}; only a {' or '.join(_OVERRIDING_ROLES)} may override a "
            "cap. Ask one of them, or choose another place."
        )


def require_reason(action: Action, reason: str | None, *, override: bool = False) -> str | None:
    """Return the reason without blanks around it, None where none is given or needed.

    Raises
    ------
    ReviewError
        It is needed and has fewer than 3 letters or digits, has more than 2,000 characters, or
        is no text.

    Examples
    --------
    >>> require_reason("approve", None)
    >>> require_reason("reject", "  closed for the day ")
    'closed for the day'
    """
    text = " ".join(require_text("A reason", reason or "").split())
    what = "An override" if override else f"To {action}"
    letters = sum(character.isalnum() for character in text)
    if (action in _NEED_REASON or override) and letters < SHORTEST_REASON:
        raise ReviewError(
            f"{what} needs a reason of at least {SHORTEST_REASON} letters or digits, got "
            f"{text!r}. Say why, in words that stay true: --reason '...'"
        )
    if len(text) > LONGEST_REASON:
        raise ReviewError(
            f"{what} takes a reason of at most {LONGEST_REASON:,} characters, got {len(text):,}. "
            "Say it shorter, and keep the rest where it can be looked up."
        )
    return text or None


def require_text(what: str, text: str) -> str:
    """Return a text that can be stored.

    Raises
    ------
    ReviewError
        It has a character that is none: half of a pair, or zero.

    Examples
    --------
    >>> require_text("A reason", "road closed")
    'road closed'
    """
    if "\0" in text or any("\ud800" <= character <= "\udfff" for character in text):
        raise ReviewError(
            f"{what} is no text that can be stored: {text[:80]!r}. Type it again, in UTF-8."
        )
    return text


def last_decision(events: Sequence[tuple[int, str, Collection[int]]]) -> int | None:
    """Return the version of the newest decision that nothing took back; None where there is none.

    A note decides nothing, and an undo takes back what it names.

    Parameters
    ----------
    events
        ``(version, action, versions that it undid)``, the first version first.

    Examples
    --------
    >>> last_decision([(1, "approve", ()), (2, "note", ()), (3, "reject", ())])
    3
    >>> last_decision([(1, "approve", ()), (2, "reject", ()), (3, "undo", [2])])
    1
    """
    undone = {version for _, _, named in events for version in named}
    left = [
        version for version, action, _ in events
        if action not in ("note", "undo") and version not in undone
    ]  # fmt: skip
    return left[-1] if left else None


def require_undoable(assignment_id: str, action: str | None) -> None:
    """Refuse to take back what there is not, or what the system did.

    Raises
    ------
    ReviewError
        There is no decision, or it was made by a plan or by the end of the shift.
    """
    if action is None:
        raise ReviewError(
            f"{assignment_id} has no decision to take back. See what was done with: "
            f"evenbeat review show {assignment_id}"
        )
    if action in BY_SYSTEM:
        why = {
            "supersede": "a later plan took its place", "expire": "its shift is over",
        }[action]  # fmt: skip
        raise ReviewError(
            f"{assignment_id} cannot be undone: {why}. Allowed there: note. Review the boxes of "
            "the plan that counts with: evenbeat review list"
        )

"""The states of an assignment: every state, action and role."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evenbeat.core.errors import ReviewError
from evenbeat.core.planning.review import (
    PEOPLE_DO,
    STATES,
    allowed_actions,
    last_decision,
    may_decide,
    next_state,
    require_decider,
    require_override,
    require_reason,
    require_undoable,
)

# Written down from docs/review.md, not from the code.
LEADS_TO = {
    ("proposed", "approve"): "approved",
    ("proposed", "reject"): "rejected",
    ("proposed", "suppress"): "rejected",
    ("proposed", "move"): "replaced",
    ("proposed", "resize"): "replaced",
    ("proposed", "supersede"): "replaced",
    ("proposed", "expire"): "expired",
    ("approved", "reject"): "rejected",
    ("approved", "suppress"): "rejected",
    ("approved", "move"): "replaced",
    ("approved", "resize"): "replaced",
    ("approved", "supersede"): "replaced",
} | {(state, "note"): state for state in STATES}
ACTIONS = (*PEOPLE_DO, "add", "supersede", "expire")


@pytest.mark.parametrize(
    ("state", "action"), [pair for pair in itertools.product(STATES, ACTIONS) if pair[1] != "undo"]
)
def test_next_state__every_state_and_action(state, action):
    if (state, action) in LEADS_TO:
        assert next_state("box-1", state, action) == LEADS_TO[state, action]
        return
    with pytest.raises(ReviewError, match=f"box-1 is {state}") as refused:
        next_state("box-1", state, action)
    for allowed in allowed_actions(state):
        assert allowed in str(refused.value)


@pytest.mark.parametrize("state", STATES)
def test_allowed_actions__are_those_that_lead_somewhere(state):
    expected = {action for action in PEOPLE_DO if (state, action) in LEADS_TO}
    assert set(allowed_actions(state)) - {"undo"} == expected
    assert ("undo" in allowed_actions(state)) == (state != "expired")


@pytest.mark.parametrize(
    ("role", "decides", "overrides"),
    [
        (None, False, False), ("auditor", False, False), ("analyst", True, False),
        ("supervisor", True, True), ("commander", True, True),
    ],
)  # fmt: skip
def test_roles__who_may_decide_and_override(role, decides, overrides):
    assert may_decide(role) == decides
    if decides:
        assert require_decider(role, "ana") == role
    else:
        with pytest.raises(ReviewError, match=r"ana has .* may only list and show"):
            require_decider(role, "ana")
    if overrides:
        require_override(role, "ana")
    else:
        with pytest.raises(ReviewError, match="only a supervisor or commander"):
            require_override(role, "ana")


@pytest.mark.parametrize("action", ACTIONS)
@pytest.mark.parametrize("reason", [None, "", "  ", " a b ", "\t\n", "?!... --"])
def test_require_reason__too_short(action, reason):
    needed = action in ("reject", "move", "resize", "add", "suppress", "note", "undo")
    if needed:
        with pytest.raises(ReviewError, match="at least 3 letters or digits"):
            require_reason(action, reason)
    else:
        assert require_reason(action, reason) == (" ".join((reason or "").split()) or None)
    with pytest.raises(ReviewError, match="An override needs a reason"):
        require_reason(action, reason, override=True)


def test_require_reason__is_kept_without_blanks_around():
    assert require_reason("reject", "  road\n closed ") == "road closed"


def test_last_decision__an_undo_of_an_undo_takes_back_the_one_before():
    events = [(1, "approve", ()), (2, "reject", ()), (3, "note", ())]
    assert last_decision(events) == 2
    events.append((4, "undo", [2]))
    assert last_decision(events) == 1
    events.append((5, "undo", [1]))
    assert last_decision(events) is None


@given(st.lists(st.sampled_from(["approve", "reject", "note", "undo"]), max_size=12))
def test_last_decision__works_like_a_stack(actions):
    stack, events = [], []
    for version, action in enumerate(actions, start=1):
        undone = ()
        if action in ("approve", "reject"):
            stack.append(version)
        elif action == "undo" and stack:
            undone = [stack.pop()]
        events.append((version, action, undone))
        assert last_decision(events) == (stack[-1] if stack else None)


@pytest.mark.parametrize("action", [None, "supersede", "expire"])
def test_require_undoable__not_what_the_system_did(action):
    with pytest.raises(ReviewError, match="box-1"):
        require_undoable("box-1", action)


@pytest.mark.parametrize("action", ["approve", "reject", "move", "resize", "add", "suppress"])
def test_require_undoable__what_people_did(action):
    require_undoable("box-1", action)

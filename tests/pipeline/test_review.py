"""Reviews of a planned day: states, roles, caps, undo, two at once, and what the next plan sees."""

import contextlib
import datetime as dt
import itertools
import json
import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

import pytest
import review_scene as scene
import shapely
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from planning.test_review import LEADS_TO
from store.postgis import programs, running_server

from evenbeat.core.errors import ConflictError, EvenbeatError, ReviewError
from evenbeat.core.pipeline.audit import run_verify
from evenbeat.core.pipeline.plan import run_plan
from evenbeat.core.pipeline.review import operations as review
from evenbeat.core.pipeline.review.areas import areas_that_count, draw_area, lift
from evenbeat.core.pipeline.review.expiry import expire_past
from evenbeat.core.pipeline.review.grid import cache_path, review_grid
from evenbeat.core.pipeline.review.lists import day_to_review, list_boxes, show_box
from evenbeat.core.pipeline.review.roles import reviewer_of
from evenbeat.core.planning.metering.breaches import breaches
from evenbeat.core.store.database import events_of_all, visits_of
from tests.agency_day import FORECAST_DAY, context_of

EXAMPLES = int(os.environ.get("EVENBEAT_REVIEW_EXAMPLES", "25"))
FIRST = "2017-01-03-day-00-01"
PEOPLE = {
    "ana": "analyst",
    "sue": "supervisor",
    "cora": "commander",
    "otto": "auditor",
    "eve": None,
}


@pytest.fixture(scope="session")
def planned(tmp_path_factory):
    """A planned day that tests copy."""
    return scene.make_workspace(tmp_path_factory.mktemp("scene") / "city")


@pytest.fixture
def root(planned, tmp_path):
    return scene.copy_of(planned, tmp_path / "city")


@pytest.fixture
def ana(root):
    return scene.context_of(root, "ana")


@pytest.fixture
def sue(root):
    return scene.context_of(root, "sue")


@pytest.fixture(scope="session")
def server():
    if programs() is None:
        pytest.skip("no PostgreSQL with PostGIS here; install it with: scripts/install-system test")
    with running_server() as started:
        yield started


@pytest.fixture(params=["geopackage", pytest.param("postgis", marks=pytest.mark.postgis)])
def either_root(request, planned, tmp_path, monkeypatch):
    """A planned day in each back end."""
    if request.param == "geopackage":
        return scene.copy_of(planned, tmp_path / "city")
    monkeypatch.setenv("EVENBEAT_DATABASE", request.getfixturevalue("server").new_store())
    return scene.make_workspace(tmp_path / "city")


@pytest.fixture(params=["geopackage", pytest.param("postgis", marks=pytest.mark.postgis)])
def late_root(request, tmp_path, monkeypatch):
    """A day planned after the fact in each back end: processes have the clock of the test's day."""
    if request.param == "postgis":
        monkeypatch.setenv("EVENBEAT_DATABASE", request.getfixturevalue("server").new_store())
    return scene.make_workspace(tmp_path / "city", now=scene.MORNING + dt.timedelta(days=5))


def place_for(context, box, *, breaking=False):
    """Return a cell of the box's district where its caps hold, or where they do not."""
    bounds, others = scene.bounds_of(context), scene.boxes_of(context, states=scene.STANDING)
    claims = {claim.box_id: claim for claim in scene.claims_of(others)}
    name = box.assignment.assignment_id
    for row, column in itertools.product(range(scene.CELLS), repeat=2):
        cell = (row, column)
        if bounds.grid.district_ids[bounds.grid.district[cell]] != box.assignment.district_id:
            continue
        claims[name] = replace(scene.claims_of([box])[0], cells=(cell,))
        broken = breaches(list(claims.values()), bounds, about=[name])
        if bool(broken) == breaking and cell not in box.assignment.cells:
            return cell
    raise AssertionError("no such place")


def do(context, action, name, *, override=False, reason="a good reason"):
    """Do anything to a box."""
    box = scene.box_of(context, name)
    match action:
        case "approve":
            return review.approve(context, name, override=override, reason=reason)
        case "reject":
            return review.reject(context, name, reason=reason)
        case "note":
            return review.note(context, name, reason)
        case "move" | "resize":
            # Whether it may be done at all does not hang on the place.
            cell = place_for(context, box) if box.state in scene.STANDING else (0, 0)
            if action == "move":
                return review.move(context, name, cell, reason=reason, override=override)
            return review.resize(context, name, [cell], reason=reason, override=override)
        case "suppress":
            return review.suppress(context, name, reason=reason)
        case "undo":
            return review.undo(context, name, reason=reason, override=override)
    raise AssertionError(action)


def bring_to(context, state):
    """Bring a box into a state; return its id."""
    if state == "approved":
        review.approve(context, FIRST)
    elif state == "rejected":
        review.reject(context, FIRST, reason="for the test")
    elif state == "replaced":
        do(context, "move", FIRST)
    elif state == "expired":
        later = scene.context_of(
            context.workspace.root, "ana", now=scene.MORNING + dt.timedelta(days=2)
        )
        assert expire_past(later) == len(scene.boxes_of(context))
    assert scene.box_of(context, FIRST).state == state
    return FIRST


@pytest.mark.parametrize("state", ["proposed", "approved", "rejected", "replaced", "expired"])
def test_review__every_action_and_role_in_a_state(root, tmp_path, state):
    bring_to(scene.context_of(root, "ana"), state)
    before = scene.box_of(scene.context_of(root), FIRST)
    undone = {"approved": "proposed", "rejected": "proposed", "replaced": "proposed"}
    number = itertools.count()
    for action, (actor, role) in itertools.product(
        ("approve", "reject", "move", "resize", "suppress", "note", "undo"), PEOPLE.items()
    ):
        leads_to = undone.get(state) if action == "undo" else LEADS_TO.get((state, action))
        if leads_to is None or role in (None, "auditor"):
            with pytest.raises(ReviewError):
                do(scene.context_of(root, actor), action, FIRST)
            assert scene.box_of(scene.context_of(root), FIRST) == before
            continue
        copy = scene.copy_of(root, tmp_path / f"copy{next(number)}")
        context = scene.context_of(copy, actor)
        made = do(context, action, FIRST)
        after = scene.box_of(context, FIRST)
        assert (made.state_before, made.state) == (state, leads_to)
        assert (after.state, after.version) == (leads_to, before.version + 1)
        assert (after.reviewer, made.role) == (actor, role)
        assert run_verify(context).intact
        shutil.rmtree(copy)


def test_review__each_operation_is_one_log_entry_with_its_records(either_root):
    ana = scene.context_of(either_root, "ana")
    ids = [box.assignment.assignment_id for box in scene.boxes_of(ana)]
    head = ana.workspace.audit.head().entry
    review.approve(ana, ids[0])
    review.reject(ana, ids[1], reason="road closed")
    review.undo(ana, ids[1], reason="road open again")
    moved = do(ana, "move", ids[2])
    review.note(ana, ids[2], "told the sergeant")
    review.undo(ana, moved.replacement, reason="back to where it was")
    review.suppress(ana, ids[3], reason="building site", days=5)
    review.undo(ana, ids[3], reason="site is done")
    review.reject(ana, ids[0], reason="makes room")
    made = review.add(ana, scene.DATE, "day", scene.box_of(ana, ids[0]).assignment.cells,
                      reason="same place, by hand")  # fmt: skip
    assert ana.workspace.audit.head().entry == head + 10
    assert run_verify(ana).intact
    states = {name: scene.box_of(ana, name).state for name in (*ids[:4], moved.replacement)}
    assert list(states.values()) == ["rejected", "proposed", "proposed", "proposed", "rejected"]
    added = scene.box_of(ana, made.assignment_id)
    assert (added.state, added.assignment.chosen_by) == ("approved", "reviewer")
    assert areas_that_count(ana, scene.DATE) == []


def test_move__the_new_box_has_the_figures_of_its_place(ana):
    box = scene.box_of(ana, FIRST)
    cell = place_for(ana, box)
    made = review.move(ana, FIRST, cell, reason="school on this side")
    old, new = scene.box_of(ana, FIRST).assignment, scene.box_of(ana, made.replacement).assignment
    grid = ana.workspace.grid()
    assert (new.replaces, new.cells, new.chosen_by) == (FIRST, (cell,), "reviewer")
    assert new.geometry.equals(grid.box(*cell))
    assert (new.easting, new.northing) == (grid.eastings[cell[1]], grid.northings[cell[0]])
    assert (new.visits, new.unit, new.shift) == (old.visits, old.unit, old.shift)
    assert new.inclusion_probability is None
    risk = scene.risk_cube(grid, ana.workspace.calendar, seed=5)
    place = list(risk["shift"].values).index(new.shift)
    expected = risk["expected_count"].values[:, place, cell[0], cell[1]]
    types = map(str, risk["crime_type"].values)
    assert new.expected == pytest.approx(dict(zip(types, expected.tolist(), strict=True)))
    assert sum(new.shares.values()) == pytest.approx(1)
    assert new.dominant_type == max(new.shares, key=new.shares.get)
    assert new.tactics[0]["enforcement"] is False
    with ana.workspace.database.reading() as connection:
        before, after = (visits_of(connection, [name]) for name in (FIRST, made.replacement))
    assert [(v.starts_at, v.unit) for v in before] == [(v.starts_at, v.unit) for v in after]


def test_move__keeps_the_figures_of_a_planned_box_when_it_comes_back(ana):
    """A box moved away and, as a new box, to where it was has what the plan said of it."""
    planned = scene.box_of(ana, FIRST).assignment
    away = do(ana, "move", FIRST)
    back = review.move(ana, away.replacement, planned.cells[0], reason="better where it was")
    again = scene.box_of(ana, back.replacement).assignment
    for name in ("priority", "share_of_district", "percentile", "z_score", "expected_total"):
        assert getattr(again, name) == pytest.approx(getattr(planned, name), rel=1e-5)
    for name in ("neighbourhood", "dominant_type", "tactics", "past_dose", "days_in_last_7"):
        assert getattr(again, name) == getattr(planned, name)


def test_move__an_approved_box_stays_approved_and_undo_gives_it_back(ana):
    review.approve(ana, FIRST)
    made = do(ana, "move", FIRST)
    assert scene.box_of(ana, made.replacement).state == "approved"
    review.undo(ana, FIRST, reason="back again")
    assert scene.box_of(ana, FIRST).state == "approved"
    assert scene.box_of(ana, made.replacement).state == "rejected"
    with pytest.raises(ReviewError, match="no decision to take back"):
        review.undo(ana, made.replacement, reason="and once more")
    review.undo(ana, FIRST, reason="not approved either")
    assert scene.box_of(ana, FIRST).state == "proposed"


def test_undo__a_chain_of_moves_only_from_its_end(ana):
    first = do(ana, "move", FIRST)
    second = do(ana, "move", first.replacement)
    with pytest.raises(ReviewError, match=f"undo {first.replacement}"):
        review.undo(ana, FIRST, reason="all the way")
    review.undo(ana, first.replacement, reason="one step")
    review.undo(ana, FIRST, reason="the other step")
    states = [scene.box_of(ana, name).state
              for name in (FIRST, first.replacement, second.replacement)]  # fmt: skip
    assert states == ["proposed", "rejected", "rejected"]


def test_undo__an_added_box_is_rejected(ana):
    review.reject(ana, FIRST, reason="makes room")
    made = review.add(ana, scene.DATE, "day", scene.box_of(ana, FIRST).assignment.cells,
                      reason="by hand")  # fmt: skip
    review.undo(ana, made.assignment_id, reason="no longer")
    assert scene.box_of(ana, made.assignment_id).state == "rejected"
    with pytest.raises(ReviewError, match="no decision to take back"):
        review.undo(ana, made.assignment_id, reason="no longer")


def test_suppress__the_place_is_out_on_every_shift_and_of_the_next_plans(root):
    """The evening and the night box of district 02 lie on one cell."""
    ana = scene.context_of(root)
    names = ["2017-01-03-evening-02-01", "2017-01-03-night-02-02"]
    cell = scene.box_of(ana, names[0]).assignment.cells[0]
    assert scene.box_of(ana, names[1]).assignment.cells[0] == cell
    tomorrow = scene.DATE + dt.timedelta(days=1)
    control = scene.plan_the_day(scene.context_of(scene.copy_of(root, root.parent / "other")),
                                 tomorrow)  # fmt: skip
    assert any(list(cell) in row["cells"] for row in control.candidates)
    made = review.suppress(ana, names[0], reason="building site", days=2)
    assert made.also == {names[1]: "rejected"}
    made_tomorrow = scene.plan_the_day(ana, tomorrow)
    assert not any(list(cell) in row["cells"] for row in made_tomorrow.candidates)
    assert len(areas_that_count(ana, scene.DATE + dt.timedelta(days=2))) == 1
    assert areas_that_count(ana, scene.DATE + dt.timedelta(days=3)) == []
    with pytest.raises(ReviewError, match="excluded from patrol"):
        review.undo(ana, names[1], reason="only at night")
    review.undo(ana, names[0], reason="site is done")
    assert [scene.box_of(ana, name).state for name in names] == ["proposed", "proposed"]
    assert areas_that_count(ana, tomorrow) == []


def test_suppress__run_plan_leaves_the_place_out(finished_copy):
    context = context_of(finished_copy)
    box = scene.boxes_of(context, FORECAST_DAY)[0].assignment
    before = list_boxes(context, FORECAST_DAY).to_review
    review.suppress(context, box.assignment_id, reason="festival ground")
    assert list_boxes(context, FORECAST_DAY).to_review < before
    outcome = run_plan(
        context, FORECAST_DAY, force=True, discard_reviews=True, reason="tried again"
    )
    again = scene.boxes_of(context, FORECAST_DAY, plan_id=outcome.plan_id)
    assert again
    assert not any(set(box.cells) & set(other.assignment.cells) for other in again)
    with pytest.raises(ReviewError, match="took the place of"):
        review.undo(context, box.assignment_id, reason="festival is off")
    review.note(context, box.assignment_id, "was on the old plan")
    assert run_verify(context, files=True).intact


def test_caps__a_breach_is_refused_with_its_words(ana):
    cell = place_for(ana, scene.box_of(ana, FIRST), breaking=True)
    with pytest.raises(ReviewError, match="The caps do not allow this move") as refused:
        review.move(ana, FIRST, cell, reason="closer to the bars")
    assert f"{FIRST}-v1" in str(refused.value)
    assert "--override" in str(refused.value)
    assert scene.box_of(ana, FIRST).version == 0
    with pytest.raises(ReviewError, match="analyst; only a supervisor or commander"):
        review.move(ana, FIRST, cell, reason="closer to the bars", override=True)


def test_caps__an_override_is_marked_for_good(ana, sue):
    cell = place_for(ana, scene.box_of(ana, FIRST), breaking=True)
    made = review.move(sue, FIRST, cell, reason="closer to the bars", override=True)
    assert made.overridden
    assert made.breaches
    new = made.replacement
    assert not scene.box_of(ana, FIRST).ever_overridden
    assert scene.box_of(ana, new).ever_overridden
    event = show_box(ana, new).events[0]
    assert event.overridden
    assert event.detail["breaches"] == list(made.breaches)
    with pytest.raises(ReviewError, match="The caps do not allow this approve"):
        review.approve(ana, new)
    review.approve(sue, new, override=True, reason="the chief agrees")
    review.reject(ana, new, reason="not after all")
    assert scene.box_of(ana, new).ever_overridden


def test_caps__an_override_that_breaks_nothing_leaves_no_mark(sue):
    made = review.approve(sue, FIRST, override=True, reason="to be sure")
    assert not made.overridden
    assert not scene.box_of(sue, FIRST).ever_overridden


def test_caps__the_roster_of_a_district_bounds_what_is_added(ana):
    """Unit u0 has 100 minutes, of which its two boxes of the day take 75."""
    with pytest.raises(ReviewError, match="minutes of the units of district 00"):
        for cell in itertools.product(range(scene.CELLS), range(4)):
            try:
                review.add(ana, scene.DATE, "day", [cell], reason="more there")
            except ReviewError as error:
                if "minutes of the units" in str(error):
                    raise


def test_caps__undo_is_refused_where_its_place_was_taken(ana, sue):
    cells = scene.box_of(ana, FIRST).assignment.cells
    review.reject(ana, FIRST, reason="road closed")
    added = review.add(ana, scene.DATE, "day", cells, reason="by hand").assignment_id
    with pytest.raises(ReviewError, match="The caps do not allow this undo"):
        review.undo(ana, FIRST, reason="open again")
    made = review.undo(sue, FIRST, reason="open again", override=True)
    assert made.overridden
    assert scene.box_of(ana, FIRST).ever_overridden
    assert not scene.box_of(ana, added).ever_overridden


def test_caps__rejections_elsewhere_lift_no_ceiling(ana):
    """What reviewers add does not raise the ceiling, so nothing breaks when it goes again."""
    bounds = scene.bounds_of(ana)
    issued = bounds.issued_minutes["evening"]
    standing = sum(claim.minutes for claim in scene.claims_of(scene.boxes_of(ana))
                   if claim.shift == "evening")  # fmt: skip
    assert standing <= issued
    for cell in itertools.product(range(scene.CELLS), range(10, scene.CELLS)):
        with contextlib.suppress(ReviewError):
            review.add(ana, scene.DATE, "evening", [cell], reason="as many as go")
    for box in scene.boxes_of(ana, states=scene.STANDING):
        review.reject(ana, box.assignment.assignment_id, reason="one after the other")
        left = scene.claims_of(scene.boxes_of(ana, states=scene.STANDING))
        assert breaches(left, scene.bounds_of(ana)) == []


def test_conflict__the_second_of_two_is_told_who_was_faster(ana, sue):
    review.reject(sue, FIRST, reason="road closed")
    with pytest.raises(ConflictError, match=r"sue \(supervisor\) changed .*reject.*saw version 0"):
        review.approve(ana, FIRST, version=0)
    with pytest.raises(ReviewError, match="is at version 1, got version 7"):
        review.undo(ana, FIRST, version=7, reason="open again")
    assert run_verify(ana).intact


def test_conflict__of_two_processes_at_once_exactly_one_wins(late_root):
    either_root = late_root
    command = [Path(sys.executable).parent / "evenbeat", "review"]
    tail = ["-w", either_root, FIRST, "--version", "0"]
    started = [
        subprocess.Popen(
            [*command, *words, *tail], text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            env=os.environ | {"LOGNAME": actor},
        )
        for actor, words in (("ana", ["approve"]), ("bo", ["reject", "--reason", "road closed"]))
    ]  # fmt: skip
    outputs = [process.communicate(timeout=60) for process in started]
    codes = [process.returncode for process in started]
    assert sorted(codes) == [0, ConflictError.exit_code], outputs
    first = codes.index(0)
    context = scene.context_of(either_root)
    # On a server it is the login that acts, and here both processes have the same.
    server = context.workspace.database.is_postgis
    winner = "postgres (supervisor)" if server else f"{('ana', 'bo')[first]} (analyst)"
    loser = outputs[codes.index(ConflictError.exit_code)][1]
    assert f"{winner} changed assignment {FIRST}" in loser
    box = scene.box_of(context, FIRST)
    assert (box.version, box.reviewer) == (1, winner.split()[0])
    assert box.state == ("approved", "rejected")[first]


def test_approve_all__leaves_and_names_what_breaks_a_cap(ana, sue):
    cell = place_for(ana, scene.box_of(ana, FIRST), breaking=True)
    moved = review.move(sue, FIRST, cell, reason="closer to the bars", override=True).replacement
    made, left = review.approve_all(ana, scene.DATE, shift="day")
    assert moved in left
    assert moved in left[moved]
    approved = {one.assignment_id for one in made}
    assert approved == {
        box.assignment.assignment_id for box in scene.boxes_of(ana, shift="day")
        if box.state == "approved"
    }  # fmt: skip
    assert list_boxes(ana, scene.DATE, shift="evening", states=["approved"]).boxes == ()
    assert len({one.audit_entry for one in made}) == 1


def test_expire_past__only_proposed_ones_whose_shift_is_over(root):
    ana = scene.context_of(root)
    review.approve(ana, FIRST)
    noon = scene.context_of(root, now=dt.datetime(2017, 1, 3, 21, 0, tzinfo=dt.UTC))
    day = scene.boxes_of(ana, shift="day")
    assert expire_past(noon, before=scene.DATE) == 0
    assert expire_past(noon) == len(day) - 1
    assert expire_past(noon) == 0
    assert scene.box_of(ana, FIRST).state == "approved"
    assert {box.state for box in scene.boxes_of(ana, shift="evening")} == {"proposed"}
    with pytest.raises(ReviewError, match="its shift is over"):
        review.undo(ana, day[1].assignment.assignment_id, reason="too late")
    assert run_verify(ana).intact


def test_draw_area__rejects_what_stands_there_and_lift_does_not_bring_it_back(ana):
    box = scene.box_of(ana, FIRST).assignment
    made = draw_area(ana, "exclude", box.geometry, first=scene.DATE, days=1, reason="town fair",
                     shifts=["day"])  # fmt: skip
    assert made.rejected == (FIRST,)
    assert made.expires_on == scene.DATE
    lift(ana, made.area_id, reason="fair is over")
    assert scene.box_of(ana, FIRST).state == "rejected"
    review.undo(ana, FIRST, reason="fair is over")
    assert scene.box_of(ana, FIRST).state == "proposed"
    with pytest.raises(ReviewError, match="still counts"):
        lift(ana, made.area_id, reason="fair is over")
    with pytest.raises(ReviewError, match="outside the jurisdiction"):
        draw_area(
            ana, "custom", shapely.box(0, 0, 9, 9), first=scene.DATE, days=1, reason="nowhere"
        )  # fmt: skip


def test_draw_area__a_custom_area_gets_a_box_of_the_next_plan(ana):
    cell = (5, 5)
    square = ana.workspace.grid().box(*cell).buffer(-1)
    draw_area(ana, "custom", square, first=scene.DATE, days=9, reason="burglaries by the river",
              shifts=["day"])  # fmt: skip
    made = scene.plan_the_day(ana, scene.DATE + dt.timedelta(days=1))
    chosen = made.assignments[made.assignments["chosen_by"] == "custom"]
    assert [(row.shift, row.row, row.column) for row in chosen.itertuples()] == [("day", *cell)]


def test_roles__nothing_configured_makes_an_analyst_and_says_so(tmp_path):
    root = scene.make_workspace(tmp_path / "plain", extra="")
    made = review.approve(scene.context_of(root, "anyone"), FIRST)
    assert made.role == "analyst"
    assert "No roles are configured" in made.notes[0]


@pytest.mark.postgis
def test_roles__group_roles_of_the_login_count_where_the_settings_are_silent(
    server, tmp_path, monkeypatch
):
    monkeypatch.setenv("EVENBEAT_DATABASE", server.new_store())
    root = scene.make_workspace(tmp_path / "city", extra='[review.roles]\nbo = "auditor"\n')
    owner = scene.context_of(root, "root")
    with owner.workspace.database.transaction() as connection:
        schema = connection.execute(sa.text("SELECT current_schema()")).scalar_one()
        for statement in (
            "CREATE ROLE evenbeat_analyst", "CREATE ROLE evenbeat_supervisor",
            "CREATE ROLE chiefs IN ROLE evenbeat_supervisor",
            "CREATE ROLE ana LOGIN IN ROLE evenbeat_analyst",
            "CREATE ROLE cleo LOGIN IN ROLE chiefs, evenbeat_analyst", "CREATE ROLE nobody LOGIN",
            "CREATE ROLE bo LOGIN IN ROLE evenbeat_supervisor",
            f"GRANT USAGE ON SCHEMA {schema} TO ana, cleo, nobody, bo",
            f"GRANT ALL ON ALL TABLES IN SCHEMA {schema} TO ana, cleo, nobody, bo",
            f"GRANT ALL ON ALL SEQUENCES IN SCHEMA {schema} TO ana, cleo, nobody, bo",
        ):  # fmt: skip
            connection.execute(sa.text(statement))
    url = owner.workspace.database.engine.url
    found = {}
    for login, actor in (
        ("ana", "sue"),
        ("cleo", "x"),
        ("nobody", "x"),
        ("cleo", "bo"),
        ("bo", "x"),
    ):
        theirs = url.set(username=login).render_as_string(hide_password=False)
        monkeypatch.setenv("EVENBEAT_DATABASE", theirs)
        context = scene.context_of(root, actor)
        with context.workspace.database.reading() as connection:
            found[login, actor] = reviewer_of(context, connection)
        if (login, actor) == ("ana", "sue"):
            review.approve(context, FIRST)
        if login == "nobody":
            with pytest.raises(ReviewError, match="has no role"):
                review.note(context, FIRST, "may I?")
    assert {key: (one.role, one.role_from) for key, one in found.items()} == {
        ("ana", "sue"): ("analyst", "database"), ("cleo", "x"): ("supervisor", "database"),
        ("nobody", "x"): (None, "settings"), ("cleo", "bo"): ("supervisor", "database"),
        ("bo", "x"): ("auditor", "settings"),
    }  # fmt: skip
    event = show_box(owner, FIRST).events[0]
    assert event.detail == {"login": "ana", "role_from": "database"}
    assert event.actor == "ana", "the login acts, whatever the local user is called"
    assert list(owner.workspace.audit.entries())[-1].actor == "ana"


def test_lists__what_is_left_and_what_may_be_done(ana, root):
    whole = len(scene.boxes_of(ana))
    review.approve(ana, FIRST)
    listing = list_boxes(ana, scene.DATE, district_id="00", states=["proposed"])
    assert listing.to_review == whole - 1
    assert FIRST not in {box.assignment.assignment_id for box in listing.boxes}
    assert show_box(ana, FIRST).allowed == (
        "reject", "move", "resize", "suppress", "note", "undo"
    )  # fmt: skip
    assert show_box(scene.context_of(root, "otto"), FIRST).allowed == ()
    assert day_to_review(scene.context_of(root, now=dt.datetime(2030, 1, 1, tzinfo=dt.UTC))) == (
        scene.DATE
    )
    with pytest.raises(ReviewError, match="evenbeat review list"):
        show_box(ana, "no-such-box")
    with pytest.raises(ReviewError, match="There is no state 'open'"):
        list_boxes(ana, scene.DATE, states=["open"])


@pytest.mark.parametrize(
    ("cells", "words"),
    [
        ([(0, 0), (0, 0)], "different cells"), ([(0, 0), (2, 0)], "share edges"),
        ([(99, 0)], "outside the jurisdiction"), ([(3, 4), (3, 5)], "several boxes|one district"),
        ([(r, 0) for r in range(10)], "1 to 9"),
    ],
)  # fmt: skip
def test_resize__cells_that_are_no_box(ana, cells, words):
    with pytest.raises(ReviewError, match=words):
        review.resize(ana, FIRST, cells, reason="for the test")


def test_review_grid__a_stale_or_broken_cache_is_made_again(ana):
    workspace = ana.workspace
    fresh = review_grid(workspace)
    path = cache_path(workspace)
    whole = path.read_bytes()
    kept = review_grid(workspace)
    assert kept.neighbourhoods.ids == fresh.neighbourhoods.ids
    assert (kept.grid.district == workspace.grid().district).all()
    assert (kept.neighbourhoods.of_cell == fresh.neighbourhoods.of_cell).all()
    for broken in (whole[: len(whole) // 2], b"", whole.replace(b"EPSG", b"EPSH")):
        path.write_bytes(broken)
        again = review_grid(workspace)
        assert (again.grid.district == fresh.grid.district).all()
        assert len(path.read_bytes()) == len(whole)
    bands = scene._bands("district_id", 2, across=True)
    workspace.table("districts").write(bands)
    assert review_grid(workspace).grid.district_ids == ("00", "01")


def _visits(context, name):
    with context.workspace.database.reading() as connection:
        return visits_of(connection, [name])


def test_settings__caps_are_those_of_the_plan_whatever_the_file_says_now(root, ana):
    planned = ana.workspace.settings.fingerprint
    toml = root / "evenbeat.toml"
    toml.write_text(toml.read_text() + "\n[plan.caps]\nspacing_m = 0\nbuffer_m = 0\n")
    ana = scene.context_of(root, "ana")
    assert ana.workspace.settings.fingerprint != planned
    with pytest.raises(ReviewError, match="nearer than 500 m"):
        review.move(ana, FIRST, (3, 1), reason="closer to the bars")
    review.approve(ana, FIRST)
    expire_past(scene.context_of(root, now=scene.MORNING + dt.timedelta(days=2)))
    logged = [json.loads(entry.detail) for entry in list(ana.workspace.audit.entries())[-2:]]
    assert [detail["review"] for detail in logged] == ["approve", "expire"]
    assert {detail["settings"] for detail in logged} == {planned}
    shutil.rmtree(root / "data" / "settings")
    with pytest.raises(ReviewError, match=f"made with the settings {planned[:12]}"):
        review.add(ana, scene.DATE, "day", [(8, 1)], reason="by hand")


def test_settings__another_seat_with_the_same_settings_needs_no_kept_file(root, ana):
    shutil.rmtree(root / "data" / "settings")
    assert review.approve(ana, FIRST).state == "approved"


def test_gap__of_boxes_that_share_a_cell(ana):
    bounds = scene.bounds_of(ana)
    pair = [scene.box_of(ana, name)
            for name in ("2017-01-03-evening-02-01", "2017-01-03-night-02-02")]  # fmt: skip
    evening, night = scene.claims_of(pair)
    assert evening.cells == night.cells
    end = bounds.shifts["evening"].end.timestamp()
    evening = replace(evening, times=((end - 900, end),))
    for hours, rules in ((1.9, ["gap"]), (2.0, [])):
        start = end + hours * 3600
        both = [evening, replace(night, times=((start, start + 900),))]
        assert [one.rule for one in breaches(both, bounds, about=[night.box_id])] == rules
    longer = replace(bounds, caps=bounds.caps.model_copy(update={"visit_gap_hours": 9.0}))
    alone = [replace(one, visits=1, times=()) for one in (evening, night)]
    assert [one.rule for one in breaches(alone, longer, about=[night.box_id])] == ["gap"]


def test_move__drops_the_visits_that_would_break_the_gap(ana, sue):
    boxes = {name: [box for box in scene.boxes_of(ana) if box.assignment.shift == name]
             for name in ("day", "evening", "night")}  # fmt: skip
    for first, second in itertools.chain(
        itertools.product(boxes["day"], boxes["evening"]),
        itertools.product(boxes["evening"], boxes["night"]),
    ):
        one, other = first.assignment, second.assignment
        mine, theirs = _visits(ana, one.assignment_id), _visits(ana, other.assignment_id)
        kept = [visit.number for visit in mine
                if visit.ends_at + dt.timedelta(hours=2) <= theirs[0].starts_at]  # fmt: skip
        if one.district_id == other.district_id and len(kept) < len(mine):
            break
    made = review.move(sue, one.assignment_id, other.cells[0], reason="same corner", override=True)
    assert [visit.number for visit in _visits(ana, made.replacement)] == kept
    assert f"{len(mine) - len(kept)} visits of {made.replacement}" in " ".join(made.notes)
    assert not any("hours between" in words for words in made.breaches)


def test_undo__of_a_box_that_an_area_rejected_brings_back_that_box_alone(ana):
    other = "2017-01-03-night-00-01"
    grid = ana.workspace.grid()
    both = shapely.union_all([grid.box(8, 1), grid.box(9, 1)])
    made = draw_area(ana, "exclude", both, first=scene.DATE, days=3, reason="town fair")
    assert set(made.rejected) == {FIRST, other}
    with pytest.raises(ReviewError, match=f"Lift it first: evenbeat review lift {made.area_id}"):
        review.undo(ana, FIRST, reason="not in the way")
    assert [area.area_id for area in areas_that_count(ana, scene.DATE)] == [made.area_id]
    lift(ana, made.area_id, reason="fair is over")
    review.undo(ana, FIRST, reason="fair is over")
    assert scene.box_of(ana, FIRST).state == "proposed"
    assert scene.box_of(ana, other).state == "rejected"
    assert show_box(ana, FIRST).events[0].action == "exclude"


def test_units__boxes_without_a_unit_count_for_those_of_the_district(tmp_path):
    extra = scene.ROLES + "\n[plan.caps]\nboxes_per_unit = 1\n"
    ana = scene.context_of(scene.make_workspace(tmp_path / "few", extra=extra))
    assert len(scene.boxes_of(ana, shift="day", district_id="02")) == 1
    with pytest.raises(ReviewError, match="2 boxes for the 1 units of district 02, day, at most 1"):
        review.add(ana, scene.DATE, "day", [(12, 13)], reason="by hand")


def test_neighbourhoods__a_reviewers_box_counts_where_its_cells_lie(ana):
    bounds = scene.bounds_of(ana)
    planned = replace(scene.claims_of([scene.box_of(ana, FIRST)])[0], cells=((1, 0), (2, 0)))
    parts = [int(bounds.neighbourhoods.of_cell[row * scene.CELLS]) for row in (1, 2)]
    assert parts[0] != parts[1]
    assert bounds.minutes_of_parts(planned) == {parts[0]: 45.0}
    halves = {parts[0]: 22.5, parts[1]: 22.5}
    placed = replace(planned, placed=True)
    assert bounds.minutes_of_parts(placed) == halves
    # Two boxes with their seeds elsewhere, and most of their cells in one neighbourhood.
    pair = [replace(placed, box_id=name, cells=((row, 5), (1, 5), (0, 5)), shift="day")
            for name, row in (("a", 2), ("b", 2))]  # fmt: skip
    tight = replace(bounds, issued_minutes={}, neighbourhoods=replace(
        bounds.neighbourhoods, share=0.5))  # fmt: skip
    found = [one for one in breaches(pair, tight) if one.rule == "neighbourhood"]
    assert [round(one.given) for one in found] == [60]


def test_move__not_nearer_to_a_hold_out_than_the_buffer(ana):
    with pytest.raises(ReviewError, match="nearer than 100 m to a hold-out"):
        review.move(ana, FIRST, (7, 2), reason="closer to the bars")


def test_draw_area__a_custom_area_is_one_box_in_each_district(ana):
    grid = ana.workspace.grid()
    west, south, _, _ = grid.box(5, 0).bounds
    for shape, words in (
        (shapely.box(west, south, west + 1000, south + 1000), "16 cells of district 00"),
        (shapely.union_all([grid.box(5, 0), grid.box(7, 2)]), "2 cells of district 00 do not"),
    ):
        with pytest.raises(ReviewError, match=words):
            draw_area(ana, "custom", shape, first=scene.DATE, days=1, reason="by the river")
    assert areas_that_count(ana, scene.DATE) == []


def test_draw_area__rejects_by_the_ground_that_it_takes_of_a_box(ana):
    west, south, east, _ = scene.box_of(ana, FIRST).assignment.geometry.bounds
    sliver = shapely.box(west, south, east, south + 2)
    with pytest.raises(ReviewError, match="less than 1 % of every cell"):
        draw_area(ana, "exclude", sliver, first=scene.DATE, days=1, reason="town fair")
    strip = shapely.box(west, south, east, south + 20)
    made = draw_area(ana, "exclude", strip, first=scene.DATE, days=1, reason="town fair")
    assert FIRST in made.rejected


def test_undo__of_a_move_that_another_person_decided_about(root, ana, sue):
    made = do(ana, "move", FIRST).replacement
    review.approve(scene.context_of(root, "bo"), made)
    with pytest.raises(ReviewError, match=rf"{made} was decided by bo \(analyst\): approve"):
        review.undo(ana, FIRST, reason="back again")
    assert scene.box_of(ana, made).state == "approved"
    undone = review.undo(sue, FIRST, reason="back again")
    assert "decided by bo" in " ".join(undone.notes)


def test_suppress__tells_whose_approval_it_takes_back(root, ana):
    review.approve(scene.context_of(root, "bo"), FIRST)
    made = review.suppress(ana, FIRST, reason="building site")
    assert f"{FIRST} had been approved by bo (analyst)" in " ".join(made.notes)


def test_review__after_the_shift_only_notes_and_undo_of_ones_own(root, ana):
    second = "2017-01-03-day-00-02"
    review.reject(ana, FIRST, reason="road closed")
    over = dt.datetime(2017, 1, 3, 21, 0, tzinfo=dt.UTC)
    late = {name: scene.context_of(root, name, now=over) for name in ("ana", "bo")}
    for action in ("approve", "reject", "move", "suppress"):
        with pytest.raises(ReviewError, match="the shift is over"):
            do(late["ana"], action, second)
    with pytest.raises(ReviewError, match="the shift is over"):
        review.add(late["ana"], scene.DATE, "day", [(8, 1)], reason="by hand")
    made, left = review.approve_all(late["ana"], scene.DATE, shift="day")
    assert made == []
    assert "the shift is over" in left[second]
    with pytest.raises(ReviewError, match="the shift is over"):
        review.undo(late["bo"], FIRST, reason="open again")
    assert show_box(late["bo"], FIRST).allowed == ("note",)
    assert show_box(late["ana"], FIRST).allowed == ("note", "undo")
    tomorrow = scene.context_of(root, "ana", now=over + dt.timedelta(days=1))
    with pytest.raises(ReviewError, match="the shift is over"):
        review.undo(tomorrow, FIRST, reason="open again")
    review.note(tomorrow, FIRST, "was open again")
    review.undo(late["ana"], FIRST, reason="open again")
    assert scene.box_of(ana, FIRST).state == "proposed"


def test_show__allows_what_undo_really_allows(ana):
    assert "undo" not in show_box(ana, FIRST).allowed
    scene.plan_the_day(ana, edition=2)
    assert show_box(ana, FIRST).allowed == ("note",)
    with pytest.raises(ReviewError, match=r"took the place of. Allowed there: note\."):
        review.approve(ana, FIRST)


ACTORS = st.sampled_from(["ana", "ana", "sue", "otto"])
STEPS = st.lists(
    st.tuples(
        st.sampled_from(["approve", "reject", "reject", "move", "resize", "add", "add", "suppress",
                         "note", "undo", "undo", "undo", "all",
                         "exclude", "lift", "custom", "wide", "plan"]),
        # Few boxes, and places on or beside them, so that decisions meet.
        st.integers(0, 5), st.tuples(st.integers(0, 5), st.integers(-1, 1), st.integers(-1, 1)),
        ACTORS, st.booleans(),
    ),
    max_size=14,
)  # fmt: skip


@settings(
    deadline=None, max_examples=EXAMPLES,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)  # fmt: skip
@given(STEPS)
def test_review__no_sequence_breaks_a_cap_unmarked_and_the_log_verifies(planned, steps):
    with tempfile.TemporaryDirectory() as folder:
        root = scene.copy_of(planned, Path(folder) / "city")
        people = {name: scene.context_of(root, name) for name in ("ana", "sue", "otto")}
        for step in steps:
            _try(people, *step)
        ana = people["ana"]
        standing = scene.boxes_of(ana, states=scene.STANDING, superseded=False)
        marked = {box.assignment.assignment_id for box in standing if box.ever_overridden}
        with ana.workspace.database.reading() as connection:
            ids = [box.assignment.assignment_id for box in standing]
            visits = visits_of(connection, ids)
        broken = breaches(scene.claims_of(standing, visits), scene.bounds_of(ana))
        assert [breach for breach in broken if not marked & set(breach.box_ids)] == []
        assert {event.role for event in _events(ana) if event.overridden} <= {"supervisor"}
        assert run_verify(ana).intact
        for context in people.values():
            context.workspace.database.close()


def _events(context):
    ids = [box.assignment.assignment_id for box in scene.boxes_of(context)]
    with context.workspace.database.reading() as connection:
        return events_of_all(connection, ids)


def _try(people, action, index, place, actor, override):
    """Do one step; what is refused must change nothing."""
    context = people[actor]
    boxes = scene.boxes_of(context)
    name = boxes[index].assignment.assignment_id
    beside, down, across = place
    row, column = boxes[beside].assignment.cells[0]
    cell = (row + down, column + across)
    why = "a good reason"
    square = context.workspace.grid().box(*boxes[beside].assignment.cells[0])
    editions = {box.assignment.plan_id for box in boxes}
    steps = {
        "approve": lambda: review.approve(context, name, override=override, reason=why),
        "reject": lambda: review.reject(context, name, reason=why),
        "move": lambda: review.move(context, name, cell, reason=why, override=override),
        "resize": lambda: review.resize(
            context, name, [cell, (cell[0], cell[1] + 1)], reason=why, override=override
        ),
        "add": lambda: review.add(
            context, scene.DATE, ("day", "evening", "night")[index % 3], [cell], reason=why,
            override=override,
        ),
        "suppress": lambda: review.suppress(context, name, reason=why),
        "note": lambda: review.note(context, name, why),
        "undo": lambda: review.undo(context, name, reason=why, override=override),
        "all": lambda: review.approve_all(context, scene.DATE),
        "exclude": lambda: draw_area(
            context, "exclude", square.buffer(-9), first=scene.DATE, days=2, reason=why
        ),
        "custom": lambda: draw_area(
            context, "custom", square, first=scene.DATE, days=2, reason=why, shifts=["day"]
        ),
        "lift": lambda: lift(context, f"area-{1 + index % 3}", reason=why),
        "wide": lambda: review.resize(
            context, name, [(cell[0] + i, cell[1] + j) for i in (0, 1) for j in (0, 1)],
            reason=why, override=override,
        ),
        "plan": lambda: scene.plan_the_day(context, edition=1 + len(editions)),
    }  # fmt: skip
    before = context.workspace.audit.head()
    try:
        steps[action]()
    except EvenbeatError:
        assert context.workspace.audit.head() == before
        assert scene.boxes_of(context) == boxes

"""The review dock by simulated keys and clicks, with the real engine and the demo workspace."""

from __future__ import annotations

import json
import statistics
import subprocess
import time

import harness
import pytest
from panels import python_that_only_reads
from qgis.core import QgsProject
from qgis.PyQt.QtCore import QCoreApplication, QEvent, QPoint, Qt
from qgis.PyQt.QtTest import QTest
from qgis.PyQt.QtWidgets import QLabel, QLineEdit

_KEYS = Qt.KeyboardModifier.NoModifier
_LEFT = Qt.MouseButton.LeftButton


def until(condition, seconds=60):
    """Let Qt work until a condition holds."""
    end = time.monotonic() + seconds
    while not condition():
        QCoreApplication.processEvents()
        time.sleep(0.002)
        assert time.monotonic() < end, "waited in vain"


@pytest.fixture
def session(engine):
    from evenbeat.workspace.session import Session

    session = Session(engine)
    yield session
    session.close()
    QgsProject.instance().clear()


@pytest.fixture
def dock(session, qgis_iface):
    from evenbeat.gui.review.dock import ReviewDock

    dock = ReviewDock(qgis_iface, session)
    dock.resize(430, 900)
    dock.show()
    yield dock
    dock.discard()
    dock.close()
    dock.deleteLater()


@pytest.fixture
def day(dock, session, workspace):
    """The dock with the demo's day in it."""
    return opened(dock, session, workspace)


def opened(dock, session, workspace):
    session.open(str(workspace))
    until(lambda: dock.desk.is_read and dock.desk.story)
    return dock


def press(dock, key, widget=None):
    QTest.keyClick(widget or dock.list, key)


def settle(dock):
    """Wait until a decision is answered and the next box's story is there."""
    until(lambda: not dock.desk.is_busy and dock.desk.story)


def elsewhere(workspace, operation, **parameters):
    """Do something by another engine, as a colleague would."""
    request = {"id": "1", "operation": operation,
               "parameters": {"workspace": str(workspace), **parameters}}  # fmt: skip
    process = subprocess.Popen(
        [harness.ENGINE, "-I", "-m", "evenbeat.core.engine"], stdin=subprocess.PIPE,
        stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    process.stdin.write(json.dumps(request) + "\n")
    process.stdin.flush()
    lines = (json.loads(line) for line in process.stdout)
    answer = next(line for line in lines if line["type"] in ("result", "error"))
    process.communicate()
    assert answer["type"] == "result", answer
    return answer["result"]


def set_reviews(workspace, text):
    settings = workspace / "evenbeat.toml"
    settings.write_text(settings.read_text("utf-8") + text, "utf-8")


def test_approve__one_key_a_box_and_on_to_the_next(day):
    desk, first = day.desk, day.desk.current
    press(day, Qt.Key.Key_A)
    until(lambda: desk.current != first)
    second = desk.current
    assert desk.boxes[first]["state"] == "approved"
    assert "approved" in day.list.text_of(first)
    assert day.day.left.text().startswith(f"{len(desk.boxes) - 1} of {len(desk.boxes)} left")
    on_map = {one["assignment_id"]: one["status"] for one in day.map.boxes.layer.getFeatures()}
    assert on_map[first] == "approved"
    settle(day)
    day.actions_bar.buttons["approve"].click()
    until(lambda: desk.boxes[second]["state"] == "approved")


def test_reject__key_and_number_are_all(day, workspace):
    first = day.desk.current
    press(day, Qt.Key.Key_R)
    assert day.strip.isVisible()
    reason = day.strip.reasons[1]
    press(day, Qt.Key.Key_2, day.strip.words)
    until(lambda: day.desk.boxes[first]["state"] == "rejected")
    assert day.desk.boxes[first]["reason"] == reason
    assert day.desk.current != first
    assert not day.strip.isVisible()
    seen = elsewhere(workspace, "review-show", assignment_id=first)
    assert (seen["box"]["state"], seen["box"]["reason"]) == ("rejected", reason)
    assert [event["action"] for event in seen["events"]] == ["reject"]


def test_reason__own_words_and_too_few(day):
    first = day.desk.current
    press(day, Qt.Key.Key_R)
    QTest.keyClicks(day.strip.words, "a 2")
    press(day, Qt.Key.Key_Return, day.strip.words)
    assert day.strip.isVisible()
    QTest.keyClicks(day.strip.words, "Road gone, 3 days")
    press(day, Qt.Key.Key_Return, day.strip.words)
    until(lambda: day.desk.boxes[first]["state"] == "rejected")
    assert day.desk.boxes[first]["reason"] == "Road gone, 3 days"


def test_reason__escape_changes_nothing(day):
    first = day.desk.current
    press(day, Qt.Key.Key_R)
    press(day, Qt.Key.Key_Escape, day.strip.words)
    assert not day.strip.isVisible()
    assert not day.desk.is_busy
    assert day.desk.boxes[first]["version"] == 0


def test_reasons__are_edited_and_offered(day):
    press(day, Qt.Key.Key_R)
    reply = day.desk.save_reasons("reject", ["Flooded", "Parade"])
    until(lambda: reply.is_done and day.desk.reasons["reject"] == ["Flooded", "Parade"])
    assert day.desk.reasons["move"]
    press(day, Qt.Key.Key_Escape, day.strip.words)
    press(day, Qt.Key.Key_R)
    assert day.strip.reasons == ["Flooded", "Parade"]


def test_reasons_dialog__lines_once_and_none_empty(day):
    from evenbeat.gui.review.reasons import ReasonsDialog

    dialog = ReasonsDialog("reject", ["Flooded"], day)
    dialog.lines.setPlainText("Flooded\n\n  Parade \nFlooded")
    assert dialog.reasons() == ["Flooded", "Parade"]


def test_suppress__with_days(day):
    first = day.desk.current
    press(day, Qt.Key.Key_S)
    day.strip.days.setValue(5)
    press(day, Qt.Key.Key_1, day.strip.words)
    until(lambda: day.desk.boxes[first]["state"] == "rejected")
    areas = day.session.ask("review-areas")
    found = []
    areas.finished.connect(found.append)
    until(lambda: found)
    assert [one["expires_on"] for one in found[0]["areas"]] == ["2017-01-08"]


def test_note__keeps_the_state(day):
    first = day.desk.current
    press(day, Qt.Key.Key_T)
    QTest.keyClicks(day.strip.words, "Ask the school")
    press(day, Qt.Key.Key_Return, day.strip.words)
    until(lambda: day.desk.boxes[first]["version"] == 1)
    until(lambda: "Ask the school" in day.story.history.text())
    assert day.desk.boxes[first]["state"] == "proposed"
    assert day.desk.current == first


def test_undo__takes_back_the_newest_of_this_sitting(day):
    first = day.desk.current
    press(day, Qt.Key.Key_A)
    until(lambda: day.desk.boxes[first]["state"] == "approved")
    settle(day)
    press(day, Qt.Key.Key_Z)
    press(day, Qt.Key.Key_1, day.strip.words)
    until(lambda: day.desk.boxes[first]["state"] == "proposed")
    assert day.desk.current == first
    settle(day)
    until(lambda: "undo" not in day.desk.story["allowed"])
    press(day, Qt.Key.Key_Z)
    assert not day.strip.isVisible()
    assert "no decision" in day.banner.words.text()


def test_keys__next_previous_and_around(day):
    names = [box["assignment_id"] for box in day.desk.shown()]
    assert day.desk.current == names[0]
    press(day, Qt.Key.Key_P)
    assert day.desk.current == names[-1]
    press(day, Qt.Key.Key_N)
    press(day, Qt.Key.Key_N)
    assert day.desk.current == names[1]
    press(day, Qt.Key.Key_Down)
    assert day.desk.current == names[2]


def test_keys__help_lists_every_key(day):
    from evenbeat.gui.review.keys import KEYS

    press(day, Qt.Key.Key_Question)
    assert day.help.isVisible()
    words = {label.text() for label in day.help.findChildren(QLabel)}
    assert {key.text for key in KEYS} <= words
    press(day, Qt.Key.Key_H)
    assert not day.help.isVisible()


def test_keys__are_the_letters_of_a_text_field(day):
    field = QLineEdit(day)
    field.show()
    QTest.keyClicks(field, "rasp")
    assert field.text() == "rasp"
    assert not day.strip.isVisible()


def test_keys__on_the_map_only_with_the_review_s_hand(day, qgis_canvas):
    shown_on_map(day, qgis_canvas)
    first = day.desk.current
    press(day, Qt.Key.Key_N, day.map.canvas)
    assert day.desk.current == first
    press(day, Qt.Key.Key_M)
    press(day, Qt.Key.Key_N, day.map.canvas)
    assert day.desk.current != first
    day.hide()
    assert day.map.canvas.mapTool() is not day.map.tool


def test_map__a_click_chooses_a_box(day, qgis_canvas):
    other = day.desk.shown()[1]["assignment_id"]
    day.desk.choose(other)
    shown_on_map(day, qgis_canvas)
    cell = tuple(day.desk.box["cells"][0])
    day.map.zooms = False
    day.desk.choose(day.desk.shown()[0]["assignment_id"])
    day.map.take()
    QTest.mouseClick(day.map.canvas.viewport(), _LEFT, _KEYS, cell_pixel(day, cell))
    chosen = day.desk.box
    assert tuple(chosen["cells"][0]) == cell


def test_map__shows_the_shift_that_is_looked_at(day):
    for shift in ("night", "day"):
        name = next(box["assignment_id"] for box in day.desk.shown() if box["shift"] == shift)
        day.desk.choose(name)
        assert {one["shift"] for one in day.map.boxes.layer.getFeatures()} == {shift}
        assert len(day.desk.shown()) == len(day.desk.boxes)


def drawn_layers():
    root = QgsProject.instance().layerTreeRoot()
    return [node.name() for node in root.findLayers() if node.isVisible()]


def test_map__the_boxes_of_the_plan_are_not_drawn_below_those_of_the_review(
    dock, session, workspace
):
    """After a move they would show the box where it is no longer."""
    from evenbeat.workspace import on_map

    [plan] = (workspace / "runs" / harness.DEMO_DATE).glob("*/assignments.gpkg")
    planned, reviewed = f"Assignments {harness.DEMO_DATE}", f"Review {harness.DEMO_DATE}"
    on_map.show_boxes(str(plan), harness.DEMO_DATE)
    on_map.show_boxes(str(plan), "2016-12-31")  # another day's heading, the same file
    other = QgsProject.instance().mapLayersByName("Assignments 2016-12-31")[0]
    assert drawn_layers() == ["Assignments 2016-12-31", planned]
    other.setDataSource(str(plan).replace(harness.DEMO_DATE, "2016-12-31"), other.name(), "ogr")
    opened(dock, session, workspace)
    assert drawn_layers() == [reviewed, "Assignments 2016-12-31"]
    on_map.show_boxes(str(plan), harness.DEMO_DATE, drawn=not on_map.is_under_review(
        harness.DEMO_DATE
    ))  # fmt: skip
    assert drawn_layers() == [reviewed, "Assignments 2016-12-31"]
    node = QgsProject.instance().layerTreeRoot().findLayer(
        QgsProject.instance().mapLayersByName(planned)[0].id()
    )  # fmt: skip
    node.setItemVisibilityChecked(True)  # who wants to see the plan beside it still can
    press(dock, Qt.Key.Key_A)
    settle(dock)
    assert planned in drawn_layers()


def test_filter__shift_and_district(day):
    day.day.shift.setCurrentIndex(day.day.shift.findData("night"))
    day.day.shift.activated.emit(day.day.shift.currentIndex())
    assert {box["shift"] for box in day.desk.shown()} == {"night"}
    assert day.desk.box["shift"] == "night"
    day.day.district.setCurrentIndex(1)
    day.day.district.activated.emit(1)
    chosen = day.day.district.currentData()
    assert {box["district_id"] for box in day.desk.shown()} == {chosen}
    assert day.map.boxes.layer.featureCount() == len(day.desk.shown())


def test_map__a_new_project_has_no_mark_of_a_box(day):
    assert day.map.light._outline.asGeometry().area() > 0
    QgsProject.instance().clear()
    assert day.map.light._outline.asGeometry().isEmpty()


def test_story__says_why_with_bars_caps_and_trend(day):
    story = day.desk.story
    assert len(day.story.why.rows) == len(story["why"])
    assert max(row.fraction for row in day.story.why.rows) == 1.0
    visits = next(row for row in day.story.caps.rows if row.words.endswith("visits a shift"))
    gauge = next(one for one in story["gauges"] if one["rule"] == "visits")
    assert visits.figure == f"{gauge['used']:g} of {gauge['allowed']:g} visits"
    assert sum(day.story.trend.values) == sum(
        sum(week["counts"].values()) for week in story["story"]["weeks"]
    )
    assert len(day.story.dose.values) == len(day.story.dose.counted)
    bars = day.story.why
    until(lambda: bars.height() == bars.heightForWidth(bars.width()) > 0, 5)


@pytest.mark.parametrize(
    ("chosen_by", "words"),
    [("reviewer", "reviewer placed it"), ("exploration", "exploration"), ("lottery", "Nothing")],
)
def test_story__without_reasons_says_whose_choice_the_box_is(day, chosen_by, words):
    told = day.desk.story
    box = {**told["box"], "chosen_by": chosen_by}
    day.story.show_story({**told, "box": box, "why": []})
    (row,) = day.story.why.rows
    assert words in row.words
    assert ("reviewer" in row.words) == (chosen_by == "reviewer")


def test_story__no_words_are_cut_at_any_width(day):
    for width in (*range(320, 620, 7), 330, 600, 320):
        day.resize(width, 900)
        for bars in (day.story.why, day.story.caps):
            until(lambda bars=bars: bars.height() == bars.heightForWidth(bars.width()), 5)


def cell_pixel(dock, cell):
    canvas = dock.map.canvas
    point = canvas.getCoordinateTransform().transform(dock.map.grid.centre(cell))
    return QPoint(round(point.x()), round(point.y()))


def drag(dock, start, end):
    viewport = dock.map.canvas.viewport()
    QTest.mousePress(viewport, _LEFT, _KEYS, cell_pixel(dock, start))
    QTest.mouseMove(viewport, cell_pixel(dock, end))
    QTest.mouseRelease(viewport, _LEFT, _KEYS, cell_pixel(dock, end))


def places_beside(dock):
    """Yield cells beside the box and under no other; then those of the next boxes.

    Which of them the caps allow depends on the days before, and so on what was drawn for them.
    """
    taken = {tuple(cell) for box in dock.desk.boxes.values() for cell in box["cells"]}
    for _ in range(5):
        row, column = dock.desk.box["cells"][0]
        for cell in ((row, column + 1), (row + 1, column), (row, column - 1), (row - 1, column)):
            if cell not in taken:
                yield cell
        press(dock, Qt.Key.Key_N)
        settle(dock)


def replaced_by(dock, name):
    """Return the box that took the place of another; None where a rule, which is named, forbids."""
    until(lambda: not dock.desk.is_busy)
    found = next((box for box in dock.desk.boxes.values() if box["replaces"] == name), None)
    if found is None:
        assert dock.banner.manner == "refused"
        assert "caps do not allow this" in dock.banner.words.text()
    return found


def shown_on_map(dock, qgis_canvas):
    qgis_canvas.resize(600, 600)
    qgis_canvas.setDestinationCrs(dock.map.boxes.layer.crs())
    press(dock, Qt.Key.Key_F)
    qgis_canvas.waitWhileRendering()


def test_move__by_a_drag_and_a_number(day, qgis_canvas):
    shown_on_map(day, qgis_canvas)
    press(day, Qt.Key.Key_M)
    for target in places_beside(day):
        name = day.desk.current
        drag(day, tuple(day.desk.box["cells"][0]), target)
        assert day.strip.isVisible()
        press(day, Qt.Key.Key_1, day.strip.words)
        moved = replaced_by(day, name)
        if moved:
            break
    assert moved, day.banner.words.text()
    assert tuple(moved["cells"][0]) == target
    assert day.desk.boxes[name]["state"] == "replaced"
    assert day.desk.current == moved["assignment_id"]
    settle(day)
    press(day, Qt.Key.Key_Z)
    press(day, Qt.Key.Key_1, day.strip.words)
    until(lambda: day.desk.boxes[name]["state"] == "proposed")


def test_resize__cells_by_clicks_and_enter(day, qgis_canvas):
    shown_on_map(day, qgis_canvas)
    viewport = day.map.canvas.viewport()
    for more in places_beside(day):
        name = day.desk.current
        own = [tuple(cell) for cell in day.desk.box["cells"]]
        press(day, Qt.Key.Key_E)
        QTest.mouseClick(viewport, _LEFT, _KEYS, cell_pixel(day, more))
        assert day.map.tool.cells == [*own, more]
        QTest.keyClick(day.map.canvas, Qt.Key.Key_Return)
        press(day, Qt.Key.Key_1, day.strip.words)
        new = replaced_by(day, name)
        if new:
            break
    assert new, day.banner.words.text()
    assert [tuple(cell) for cell in new["cells"]] == [*own, more]


def test_add__judged_by_the_caps(day, qgis_canvas):
    """A box on top of another is refused, and the rule is named."""
    shown_on_map(day, qgis_canvas)
    before = set(day.desk.boxes)
    press(day, Qt.Key.Key_Plus)
    cell = tuple(day.desk.box["cells"][0])
    QTest.mouseClick(day.map.canvas.viewport(), _LEFT, _KEYS, cell_pixel(day, cell))
    QTest.keyClick(day.map.canvas, Qt.Key.Key_Return)
    press(day, Qt.Key.Key_1, day.strip.words)
    until(lambda: not day.desk.is_busy)
    assert set(day.desk.boxes) == before
    assert day.banner.manner == "refused"
    assert "caps do not allow this add" in day.banner.words.text()
    box = day.desk.box
    named = f"box {box['rank']} of district {box['district_id']} ({box['shift']})"
    assert named in day.banner.words.text()
    assert "the new box" in day.banner.words.text()
    assert harness.DEMO_DATE not in day.banner.words.text()
    assert "--override" not in day.banner.words.text()
    assert not day.banner.button.isVisible()


def test_override__a_supervisor_may_with_a_reason(dock, session, workspace, qgis_canvas):
    from getpass import getuser

    set_reviews(workspace, f'\n[review.roles]\n"{getuser()}" = "supervisor"\n')
    day = opened(dock, session, workspace)
    shown_on_map(day, qgis_canvas)
    before = set(day.desk.boxes)
    press(day, Qt.Key.Key_Plus)
    cell = tuple(day.desk.box["cells"][0])
    QTest.mouseClick(day.map.canvas.viewport(), _LEFT, _KEYS, cell_pixel(day, cell))
    QTest.keyClick(day.map.canvas, Qt.Key.Key_Return)
    press(day, Qt.Key.Key_1, day.strip.words)
    until(day.banner.button.isVisible)
    day.banner.button.click()
    QTest.keyClicks(day.strip.words, "Parade ends here")
    press(day, Qt.Key.Key_Return, day.strip.words)
    until(lambda: not day.desk.is_busy and set(day.desk.boxes) != before)
    (new,) = set(day.desk.boxes) - before
    assert day.desk.boxes[new]["ever_overridden"]


def test_role__an_auditor_looks_and_does_not_decide(dock, session, workspace):
    from getpass import getuser

    set_reviews(workspace, f'\n[review.roles]\n"{getuser()}" = "auditor"\n')
    day = opened(dock, session, workspace)
    assert not any(
        button.isEnabled() for name, button in day.actions_bar.buttons.items()
        if name not in ("next", "previous")
    )  # fmt: skip
    press(day, Qt.Key.Key_A)
    assert not day.desk.is_busy
    assert "auditor" in day.banner.words.text()


def test_conflict__what_the_other_did_is_told(day, workspace):
    first = day.desk.current
    elsewhere(workspace, "review-reject", assignment_id=first, reason="Road closed")
    press(day, Qt.Key.Key_A)
    until(lambda: day.desk.boxes[first]["state"] == "rejected")
    assert "Road closed" in day.banner.words.text()
    assert first not in day.banner.words.text()
    assert day.desk.current == first
    assert "rejected" in day.list.text_of(first)


def test_words__an_id_is_the_box_that_has_it(plugin):
    from evenbeat.gui.review.wording import with_names

    first, moved = "2017-01-03-day-01-02", "2017-01-03-day-01-02-v3"
    boxes = {
        first: {"shift": "day", "district_id": "01", "rank": 2},
        moved: {"shift": "day", "district_id": "01", "rank": 5},
    }
    texts = {
        f"{first} is approved.": "Box 2 of district 01 (day) is approved.",
        f"Ann changed assignment {moved} at 9.": "Ann changed box 5 of district 01 (day) at 9.",
        f"  - {moved}-v4 lies on water": "  - the changed box lies on water",
        f"{first}-v2 and 2017-01-03-night-11-added01: no":
            "The changed box and the new box: no",
        f"It belongs to 2017-01-03-76583551cae0, not {first}0.":
            f"It belongs to 2017-01-03-76583551cae0, not {first}0.",
    }  # fmt: skip
    for text, words in texts.items():
        assert with_names(text, boxes) == words
    assert with_names(f"{first} is approved.", {}) == f"{first} is approved."


def test_look_again__notices_what_changed_elsewhere(day, workspace):
    other = day.desk.shown()[2]["assignment_id"]
    elsewhere(workspace, "review-approve", assignment_id=other)
    day.desk.look_again()
    until(lambda: day.desk.boxes[other]["state"] == "approved")
    box = day.desk.boxes[other]
    words = f"Box {box['rank']} of district {box['district_id']} ({box['shift']}) is approved"
    assert words in day.banner.words.text()
    assert harness.DEMO_DATE not in day.banner.words.text()
    assert day.banner.manner == "notice"


def test_look_again__says_nothing_where_nothing_changed(day):
    noticed = []
    day.desk.noticed.connect(noticed.append)
    day.desk.look_again()
    assert day.desk._looking is not None
    until(lambda: day.desk._looking is None)
    assert noticed == []


def test_empty__no_workspace_then_no_plan(dock, session, workspace):
    assert "No workspace" in dock.empty.words.text()
    assert dock.empty.button.isVisible()
    opened(dock, session, workspace)
    dock.read("2017-01-09")
    until(lambda: "No plan for 2017-01-09" in dock.empty.words.text())
    assert dock.empty.button.text() == "Run the day..."
    assert dock.faces.currentIndex() == 0
    dock.empty.newest.click()
    until(lambda: dock.desk.date == harness.DEMO_DATE and dock.desk.box)
    assert dock.faces.currentIndex() == 1


def test_empty__what_is_no_workspace_is_explained(dock, session, tmp_path):
    session.open(str(tmp_path))
    until(lambda: "evenbeat.toml" in dock.empty.words.text())
    assert dock.empty.button.isVisible()


def test_reader__a_workspace_that_can_only_be_read(plugin, qgis_iface, workspace, tmp_path):
    from evenbeat.engine.client import Engine
    from evenbeat.gui.review.dock import ReviewDock
    from evenbeat.workspace.session import Session

    program = python_that_only_reads(workspace, tmp_path)
    reading = Engine(lambda: program)
    session = Session(reading)
    day = ReviewDock(qgis_iface, session)
    day.show()
    opened(day, session, workspace)
    assert day.story.why.rows
    press(day, Qt.Key.Key_A)
    assert not day.desk.is_busy
    assert "only be read" in day.banner.words.text()
    assert not day.actions_bar.buttons["reject"].isEnabled()
    day.discard()
    day.deleteLater()
    session.close()
    reading.close()
    QgsProject.instance().clear()


def test_crash__is_explained_and_the_day_read_again(day, engine):
    import os
    import signal

    first, told = day.desk.current, []
    hello = engine.ask("hello", {"protocol": 1})
    hello.finished.connect(told.append)
    until(lambda: told)
    os.kill(told[0]["process"], signal.SIGSTOP)
    press(day, Qt.Key.Key_A)
    until(lambda: day.desk.is_busy)
    os.kill(told[0]["process"], signal.SIGKILL)
    until(lambda: not day.desk.is_busy)
    assert "ended from outside" in day.banner.words.text()
    until(lambda: day.desk._looking is None)
    press(day, Qt.Key.Key_A)
    until(lambda: day.desk.boxes[first]["state"] == "approved")


def test_wake__an_engine_that_was_let_go_is_there_before_the_first_key(
    plugin, qgis_iface, workspace
):
    from evenbeat.engine.client import Engine
    from evenbeat.gui.review.dock import ReviewDock
    from evenbeat.workspace.session import Session

    engine = Engine(lambda: harness.ENGINE, idle_seconds=0.2)
    session = Session(engine)
    day = ReviewDock(qgis_iface, session)
    day.show()
    opened(day, session, workspace)
    until(lambda: engine.state[0] == "off")
    worked = []
    engine.state_changed.connect(lambda _state, operation: worked.append(operation))
    QCoreApplication.sendEvent(day, QEvent(QEvent.Type.Enter))
    until(lambda: "review-prepare" in worked and engine.state[0] == "ready")
    day.discard()
    day.deleteLater()
    session.close()
    engine.close()
    QgsProject.instance().clear()


def test_layer__comes_back_where_somebody_removed_it(day):
    QgsProject.instance().removeMapLayer(day.map.boxes.layer.id())
    assert day.map.boxes.layer is None
    press(day, Qt.Key.Key_A)
    until(lambda: day.map.boxes.layer is not None)
    names = {one.name() for one in QgsProject.instance().mapLayers().values()}
    assert f"Review {harness.DEMO_DATE}" in names


def test_thirty_boxes__two_actions_each_at_most(day, engine, capsys):
    """Two of three are approved, one is rejected with a number; from the key to the repaint."""
    times, own, actions = [], [], 0
    for number in range(30):
        before = day.desk.current
        settle(day)
        until(lambda: engine.state[0] == "ready")
        began, worked = time.perf_counter(), time.thread_time()
        if number % 3:
            press(day, Qt.Key.Key_A)
            actions += 1
        else:
            press(day, Qt.Key.Key_R)
            press(day, Qt.Key.Key_1, day.strip.words)
            actions += 2
        until(lambda name=before: day.desk.current != name)
        day.repaint()
        times.append(1000 * (time.perf_counter() - began))
        own.append(1000 * (time.thread_time() - worked))
    counts = {state: sum(box["state"] == state for box in day.desk.boxes.values())
              for state in ("approved", "rejected")}  # fmt: skip
    assert counts == {"approved": 20, "rejected": 10}
    assert actions <= 60
    with capsys.disabled():
        print(f"\nreview, key to repaint: median {statistics.median(times):.0f} ms, "
              f"slowest {max(times):.0f} ms ({statistics.median(own):.0f} ms of the window's "
              "processor); bar 200 ms")  # fmt: skip

"""The map page in a real browser: what people choose is what the map shows."""

import datetime as dt
import re

import httpx
import numpy as np
import published_city as city
import pytest
from live_service import live
from map_visit import (
    CENTRE,
    DAYS,
    DESKTOP,
    PHONE,
    choose,
    hash_of,
    press,
    publish_city,
    read_centre,
    requests,
    text,
    type_key,
    wait_for_request,
)
from PIL import Image

from evenbeat.core.store.publication import publish_day
from evenbeat.core.store.withdrawal import retract

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("map_page")]


def pixels(page, path, part=np.s_[:, 360:]):
    """Return what a part of the window shows."""
    page.wait("document.body.dataset.ready === 'yes'")
    page.picture(path)
    return np.asarray(Image.open(path).convert("RGB")).astype(int)[part]


def near(picture, colour, tolerance=12):
    return np.abs(picture - colour).max(axis=-1) <= tolerance


def test_map__opens_with_priority_and_its_colours(visit, tmp_path):
    page = visit()
    assert text(page, "title") == "Priority"
    assert "Tuesday, 3 January 2017" in text(page, "subtitle")
    assert f"Run run-{DAYS[0]}" in text(page, "freshness")
    assert page.run("document.querySelectorAll('#entries li').length") == 5
    assert page.run("document.querySelectorAll('#ticks li').length") == 3
    groups = page.run("[...document.querySelectorAll('#layers h3')].map((one) => one.innerText)")
    assert groups == ["All crime types", "Risk of one crime type", "Patrol on days gone by"]
    picture = pixels(page, tmp_path / "map.png")
    assert near(picture, (0x6E, 0x0C, 0x18)).sum() > 50
    assert (picture.min(axis=-1) > 235).mean() > 0.05


def test_map__asks_the_service_alone_and_little_of_it(visit, address):
    page = visit()
    asked = requests(page)
    assert all(one.startswith(address) for one in asked)
    assert len(asked) == len(set(asked)), "nothing is asked for twice"
    assert len(requests(page, "/v1/")) <= 30


def test_layers__another_one_is_shown_and_told(visit):
    page = visit()
    page.run("document.querySelector('#layers input[value=risk-robbery]').click()")
    page.wait("document.getElementById('title').innerText === 'Risk: robbery'")
    page.wait("document.getElementById('entries').innerText.includes('such shifts')")
    assert hash_of(page)["layer"] == "risk-robbery"
    wait_for_request(page, "/v1/tiles/risk-robbery/v/")
    assert "Risk: robbery" in text(page, "announce")


def test_calendar__by_keyboard(visit):
    page = visit()
    page.run("document.getElementById('calendar').hidden"
             " && document.getElementById('calendar-toggle').click()")  # fmt: skip
    page.run("document.querySelector('#days [tabindex=\"0\"]').focus()")
    published = page.run("[...document.querySelectorAll('.day[aria-disabled=false]')]"
                         ".map((one) => one.dataset.date)")  # fmt: skip
    assert published == sorted(DAYS)
    type_key(page, "ArrowLeft")
    type_key(page, "Enter")
    page.wait("document.getElementById('subtitle').innerText.includes('2 January')")
    assert hash_of(page)["date"] == DAYS[1]
    assert page.run("document.activeElement.dataset.date") == DAYS[1]
    type_key(page, "PageUp")
    assert text(page, "month") == "December 2016"
    type_key(page, "Enter")  # nothing is published then
    assert text(page, "announce").endswith("is not published.")
    assert hash_of(page)["date"] == DAYS[1]


def test_shifts__slider_and_steps_go_through_the_days(visit):
    page = visit("shift=day")
    page.run("document.getElementById('shift').focus()")
    type_key(page, "ArrowRight")
    page.wait("document.getElementById('subtitle').innerText.includes('Evening shift')")
    assert page.run("document.getElementById('shift').ariaValueText"
                    " ?? document.getElementById('shift').getAttribute('aria-valuetext')"
                    ) == "Evening shift, 15:00 to 23:00"  # fmt: skip
    press(page, "‹ Before")
    page.wait("document.getElementById('subtitle').innerText.includes('Day shift')")
    press(page, "‹ Before")
    page.wait("document.getElementById('subtitle').innerText.includes('2 January')")
    assert (hash_of(page)["date"], hash_of(page)["shift"]) == (DAYS[1], "night")


def test_play__goes_on_until_it_is_stopped(visit):
    page = visit(f"date={DAYS[2]}&shift=day")
    press(page, "Play")
    page.wait("location.hash.includes('evening') && location.hash.includes('2017-01-01')")
    page.wait("location.hash.includes('night')")
    press(page, "Pause")
    assert page.run("document.getElementById('play').innerText") == "Play"


def test_look__share_of_the_area_colours_and_opacity(visit, tmp_path):
    page = visit()
    whole = near(pixels(page, tmp_path / "all.png"), (0xFE, 0xD2, 0x6E), 24).sum()
    assert whole > 500
    choose(page, "top", "1")
    page.wait("document.querySelectorAll('#entries li').length === 2")
    wait_for_request(page, "~top1")
    page.open(f"{page.run('location.href')}".replace("?", "?again"), **DESKTOP)
    part = pixels(page, tmp_path / "top.png")
    assert near(part, (0xFE, 0xD2, 0x6E), 24).sum() == 0
    assert near(part, (0x6E, 0x0C, 0x18)).sum() > 50
    page.run("(() => { const slider = document.getElementById('opacity'); slider.value = 30;"
             "slider.dispatchEvent(new Event('input')); })()")  # fmt: skip
    assert hash_of(page)["opacity"] == "30"
    page.wait("document.getElementById('opacity').getAttribute('aria-valuetext') === '30 %'")


def test_cell__value_and_history_are_those_of_the_service(visit, address):
    page = visit(f"view=12.4/{CENTRE}&shift=night")
    page.click(830, 430)
    page.wait("!document.getElementById('cell').hidden")
    page.wait("document.querySelectorAll('#cell rect').length === 3")
    (point,) = requests(page, "/point?")
    (series,) = requests(page, "/series?")
    assert httpx.get(point).json()["words"] in text(page, "words")
    values = httpx.get(series).json()["values"]
    assert [one["date"] for one in values] == sorted(DAYS)
    heights = page.run("[...document.querySelectorAll('#cell rect')].map((one) =>"
                       " Number(one.getAttribute('height')))")  # fmt: skip
    expected = np.array([one["value"] for one in values])
    np.testing.assert_allclose(
        np.array(heights) / max(heights), expected / expected.max(), atol=0.02
    )
    page.run("document.querySelector('#cell summary').click()")
    rows = page.run("[...document.querySelectorAll('#cell tbody tr')].map((row) => row.innerText)")
    assert len(rows) == 3
    assert [float(row.split("\t")[1]) for row in rows] == pytest.approx(expected[::-1], rel=0.06)
    page.run("document.getElementById('cell-close').click()")
    assert page.run("document.getElementById('cell').hidden")


def test_cell__by_keyboard_with_a_cross_in_the_centre(visit):
    page = visit(f"view=12/{CENTRE}")
    read_centre(page)
    assert page.run("getComputedStyle(document.getElementById('crosshair')).opacity") == "1"
    assert "This cell is" in text(page, "announce")


@pytest.mark.parametrize(("split", "layer"), [(100, "priority"), (0, "dosage")])
def test_compare__each_side_is_what_it_would_be_alone(visit, tmp_path, split, layer):
    where = f"date={DAYS[1]}&shift=evening&view=11.5/{CENTRE}"
    middle = np.s_[60:500, 420:980]
    page = visit(f"layer=priority&{where}&compare=dosage/{DAYS[1]}/evening&split={split}")
    compared = pixels(page, tmp_path / "compared.png", middle)
    alone = pixels(visit(f"layer={layer}&{where}"), tmp_path / "alone.png", middle)
    assert near(alone, (0x6E, 0x0C, 0x18)).any()
    assert (np.abs(compared - alone).max(axis=-1) > 8).mean() < 1e-3


def test_compare__dosage_and_risk_take_the_newest_day_of_both(visit):
    page = visit()
    press(page, "Dosage and risk")
    page.wait("!document.getElementById('divider').hidden")
    page.wait("document.getElementById('right-name').innerText.includes('Dosage')")
    assert hash_of(page)["compare"] == f"dosage/{DAYS[1]}/{hash_of(page)['shift']}"
    assert hash_of(page)["date"] == DAYS[1]
    assert page.run("document.querySelectorAll('#map-right canvas').length") == 1
    read_centre(page)
    assert page.run("document.querySelectorAll('#words h3.side-heading').length") == 2
    press(page, "No comparison")
    page.wait("document.getElementById('divider').hidden")
    assert "compare" not in hash_of(page)


def test_compare__the_divider_moves_by_keyboard_and_pointer(visit):
    page = visit(f"compare=priority/{DAYS[1]}/day")
    at = "Number(document.getElementById('divider').getAttribute('aria-valuenow'))"
    page.run("document.getElementById('divider').focus()")
    type_key(page, "ArrowRight")
    assert page.run(at) == 52
    type_key(page, "Home")
    assert page.run(at) == 0
    type_key(page, "End")
    assert page.run(at) == 100
    stage = "document.getElementById('stage').getBoundingClientRect()"
    width, left = page.run(f"[{stage}.width, {stage}.left]")
    for kind, x in (("mousePressed", left + width - 2), ("mouseMoved", left + width / 4),
                    ("mouseReleased", left + width / 4)):  # fmt: skip
        page.call("Input.dispatchMouseEvent", type=kind, x=x, y=300, button="left", buttons=1,
                  clickCount=1)  # fmt: skip
    assert page.run(at) == pytest.approx(25, abs=1)
    assert float(hash_of(page)["split"]) == pytest.approx(25, abs=1)


def test_change__of_two_days_has_its_own_colours_and_words(visit, address):
    page = visit(f"shift=evening&view=12/{CENTRE}")
    press(page, "Difference")
    page.wait("document.getElementById('title').innerText === 'Priority: difference'")
    page.wait("document.getElementById('meaning').innerText.includes('no effect of anything')")
    assert hash_of(page)["minus"] == DAYS[1]
    wait_for_request(page, "/minus/")
    choose(page, "minus", DAYS[2])
    page.wait("document.getElementById('subtitle').innerText.includes('1 January')")
    read_centre(page)
    (point,) = requests(page, "/point?")
    assert httpx.get(point).json()["words"] in text(page, "words")
    press(page, "No comparison")
    page.wait("document.getElementById('title').innerText === 'Priority'")
    assert "minus" not in hash_of(page)


def test_permalink__opens_the_same_view(visit):
    choice = (f"layer=risk-burglary&date={DAYS[1]}&shift=night&style=colour-blind-safe&top=2"
              f"&opacity=60&compare=risk-robbery/{DAYS[2]}/day&split=30"
              "&view=12.50/41.83100/-87.57700")  # fmt: skip
    page = visit(choice)
    page.wait("document.getElementById('title').innerText === 'Risk: burglary'")
    assert page.run("location.hash") == f"#{choice}"
    assert page.run("document.getElementById('opacity').value") == "60"


@pytest.mark.parametrize(
    "choice",
    ["layer=nothing&date=1999-01-01&shift=never&style=none&top=77&opacity=x&view=a/b/c",
     "compare=nothing/x/y&split=-5&minus=yesterday", "%E0%A4%A&&&=&layer=%00",
     "compare=priority", "minus=2017-01-03"],
)  # fmt: skip
def test_permalink__what_is_not_there_becomes_what_is(visit, choice):
    page = visit(choice)
    assert text(page, "title").startswith("Priority")
    assert page.run("document.getElementById('problem').hidden")


def test_snippets__what_they_name_is_there(visit, address):
    page = visit()
    press(page, "Use in another map…")
    page.wait("document.getElementById('share-dialog').open")
    programs = page.run("[...document.querySelectorAll('[role=tab]')].map((one) => one.innerText)")
    assert programs == ["Leaflet", "MapLibre", "ArcGIS", "QGIS (XYZ)", "QGIS (WMTS)", "Other"]
    for program in programs:
        press(page, program)
        (found,) = re.findall(rf"{re.escape(address)}[^\"\s]+", text(page, "snippet"))
        for name, value in zip("zxy", (10, 262, 380), strict=True):
            found = found.replace(f"{{{name}}}", str(value))
        found = found.replace("{level}", "10").replace("{col}", "262").replace("{row}", "380")
        answer = httpx.get(found)
        assert answer.status_code == 200, found
        kind = "application/xml" if "WMTS" in program else "image/png"
        assert answer.headers["content-type"].startswith(kind), found
    page.run("document.querySelector('[name=which-date][value=this]').click()")
    page.wait(f"document.getElementById('snippet').innerText.includes('{DAYS[0]}')")


def test_map__away_is_told_and_comes_back(visit):
    page = visit()
    page.call("Network.emulateNetworkConditions", offline=True, latency=0, downloadThroughput=-1,
              uploadThroughput=-1)  # fmt: skip
    page.run("document.querySelector('#layers input[value=risk-burglary]').click()")
    page.wait("document.getElementById('problem-text').innerText.includes('does not answer')")
    page.complaints.clear()  # the browser itself says that it is offline
    page.call("Network.emulateNetworkConditions", offline=False, latency=0, downloadThroughput=-1,
              uploadThroughput=-1)  # fmt: skip
    press(page, "Try now")
    page.wait("document.getElementById('problem').hidden")
    page.wait("document.getElementById('title').innerText === 'Risk: burglary'")
    page.complaints.clear()


def test_map__on_a_phone_and_at_four_hundred_percent(visit):
    page = visit(size=PHONE)
    assert page.run("document.documentElement.scrollWidth") <= PHONE["width"]
    assert page.run("document.getElementById('map').clientHeight") > 300
    page = visit(size={"width": 320, "height": 640, "mobile": True})
    assert page.run("document.documentElement.scrollWidth") <= 320
    page = visit(f"compare=dosage/{DAYS[1]}/day", size=PHONE)
    read_centre(page)
    assert page.run("document.documentElement.scrollWidth") <= PHONE["width"]


def test_map__dark_where_the_reader_wants_it(visit, tmp_path):
    page = visit()
    scheme = [{"name": "prefers-color-scheme", "value": "dark"}]
    page.call("Emulation.setEmulatedMedia", features=scheme)
    try:
        page.wait("getComputedStyle(document.getElementById('panel')).backgroundColor"
                  " === 'rgb(27, 35, 43)'")  # fmt: skip
        page.open(f"{page.run('location.href')}".replace("?", "?dark"), **DESKTOP)
        around = pixels(page, tmp_path / "dark.png", np.s_[5:25, 380:400])
        assert around.max() < 70
    finally:
        page.call("Emulation.setEmulatedMedia", features=[])


def test_map__every_control_is_reached_by_tab_and_shows_it(visit):
    page = visit(f"compare=dosage/{DAYS[1]}/day")
    page.run("document.body.focus()")
    reached = []
    for _ in range(45):
        type_key(page, "Tab")
        reached.append(page.run(
            "(() => { const at = document.activeElement; const box = at.closest('.choice') ?? at;"
            " const style = getComputedStyle(box); const after = getComputedStyle(box, '::after');"
            " return [at.id || at.className || at.innerText, at.matches(':focus-visible'),"
            " style.outlineStyle !== 'none' || after.outlineStyle !== 'none']; })()"
        ))  # fmt: skip
        if reached[-1][0] == "copy-link":
            break
    names = [name for name, *_ in reached]
    assert names[0] == "skip"
    for control in ("divider", "calendar-toggle", "shift", "play", "style", "top", "opacity",
                    "right-layer", "right-date", "right-shift", "share", "copy-link"):  # fmt: skip
        assert control in names
    assert [name for name, visible, outlined in reached if not (visible and outlined)] == []


def test_base_map__is_fetched_from_the_host_that_is_set_and_named(visit, city_folder, address):
    tiles = f"{address}/v1/tiles/priority/latest/day/heat/{{z}}/{{x}}/{{y}}.png"
    settings = {"base_map_tiles": tiles, "base_map_attribution": "Streets: Agency <b>GIS</b>"}
    with live(city_folder, **settings) as other:
        page = visit("layer=dosage", at=other)
        assert text(page, "attribution") == "Streets: Agency <b>GIS</b>"
        wait_for_request(page, f"{address}/v1/tiles/")
        hosts = {one.split("/")[2] for one in requests(page)}
        assert hosts == {other.split("/")[2], address.split("/")[2]}


def test_map__takes_up_what_is_published_while_it_is_open(visit, tmp_path):
    folder = publish_city(tmp_path / "city")
    with live(folder) as other:
        page = visit("shift=day", at=other)
        publish_day(folder, **city.arguments(run_id="run-anew", seed=9))
        page.run("document.dispatchEvent(new Event('visibilitychange'))")
        page.wait("document.getElementById('freshness').innerText.includes('run-anew')")
        tiles = "performance.getEntriesByType('resource').map((one) => one.name.split('/v/')[1])"
        versions = f"new Set({tiles}.map((one) => one?.split('/')[0]).filter(Boolean)).size"
        page.wait(f"{versions} === 2")


def test_map__a_day_that_is_taken_back_gives_way_to_the_nearest(visit, tmp_path):
    folder = publish_city(tmp_path / "city")
    with live(folder) as other:
        page = visit(f"shift=day&date={DAYS[1]}", at=other)
        assert "2 January" in text(page, "subtitle")
        retract(folder, date=dt.date.fromisoformat(DAYS[1]), category="error", when=city.WHEN)
        page.run("document.dispatchEvent(new Event('visibilitychange'))")
        page.wait("document.getElementById('subtitle').innerText.includes('1 January')")
        assert "Mon, 2 Jan 2017 was taken back" in text(page, "freshness")
        cell = f"document.querySelector('.day[data-date=\"{DAYS[1]}\"]')"
        assert page.run(f"{cell}.getAttribute('aria-label')").endswith("taken back")

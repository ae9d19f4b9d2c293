"""A published city for visits of the map page: three days, patrol on two, boxes on the last."""

from __future__ import annotations

import contextlib
import datetime as dt

import numpy as np
import published_city as city
from headless_browser import find_browser, open_browser

from evenbeat.core.store.dosage_publication import publish_dosage
from evenbeat.core.store.publication import publish_day
from evenbeat.tile_server.access.keys import KeyFile

DAYS = [str(city.DATE - dt.timedelta(days=back)) for back in range(3)]
"""The published days, newest first."""
CENTRE = "41.83100/-87.57700"
"""Latitude and longitude in the middle of the city."""
DESKTOP = {"width": 1280, "height": 800}
PHONE = {"width": 390, "height": 844, "mobile": True}
KEYS = {"ArrowLeft": 37, "ArrowRight": 39, "ArrowUp": 38, "ArrowDown": 40, "Enter": 13, "End": 35,
        "Home": 36, "PageUp": 33, "Tab": 9}  # fmt: skip


def publish_city(folder):
    """Publish the days, and approved boxes in the first two shifts of the newest."""
    status = {"day": "approved", "evening": "approved", "night": "proposed"}
    for back, day in enumerate(DAYS):
        date = dt.date.fromisoformat(day)
        plan = city.assignments(city.grid(), status=status) if back == 0 else None
        publish_day(
            folder, **city.arguments(date=date, run_id=f"run-{day}", seed=back + 1, plan=plan)
        )
        if back:
            publish_patrol(folder, date, seed=back)
    return folder


def publish_patrol(folder, date, *, seed):
    """Publish minutes of patrol: most of them in few cells."""
    grid, shifts = city.grid(), city.CALENDAR.shifts_on(date)
    first, last = shifts[0].start, shifts[-1].end
    hours = int((last - first).total_seconds() // 3600)
    starts = tuple(first + dt.timedelta(hours=number) for number in range(hours))
    random = np.random.default_rng(seed)
    by_hour = random.gamma(0.3, 8.0, (hours, *grid.shape)).astype(np.float32)
    by_hour[:, ~grid.mask] = 0.0
    by_shift = np.stack([
        sum(by_hour[at] for at, hour in enumerate(starts) if shift.start <= hour < shift.end)
        for shift in shifts
    ])  # fmt: skip
    publish_dosage(
        folder, by_shift=by_shift, by_hour=by_hour, hour_starts=starts, grid=grid, shifts=shifts,
        timezone=city.CALENDAR.timezone, run_id=f"patrol-{date}", provenance={"agency": "Test"},
        when=city.WHEN, cell_m=300.0,
    )  # fmt: skip


def make_key(file, name="Visitor", **scope):
    """Add a key to a file of keys, and return it."""
    return KeyFile(file).create(name, now=dt.datetime.now(dt.UTC), **scope)[1]


@contextlib.contextmanager
def visitor():
    """Give a page of a browser; None where there is no browser."""
    program = find_browser()
    if program is None:
        yield None
        return
    with open_browser(program) as page:
        yield page


def start_afresh(page):
    """Leave what a former test looked at: its service has ended, and its page would complain."""
    page.call("Page.navigate", url="about:blank")
    page.wait("location.href === 'about:blank'")
    page.complaints.clear()


def choose(page, control, value):
    """Choose an option of a list, as a person does."""
    page.run(f"(() => {{ const list = document.getElementById({control!r}); "
             f"list.value = {value!r}; list.dispatchEvent(new Event('change')); }})()")  # fmt: skip


def press(page, name):
    """Press a button by its text."""
    page.run("[...document.querySelectorAll('button')]"
             f".find((one) => one.textContent.trim() === {name!r}).click()")  # fmt: skip


def type_key(page, name):
    """Press a key; Enter with the character that makes it press a button."""
    known = {"key": name, "code": name, "windowsVirtualKeyCode": KEYS[name]}
    typed = {"text": "\r"} if name == "Enter" else {}
    page.call("Input.dispatchKeyEvent", type="keyDown" if typed else "rawKeyDown", **known, **typed)
    page.call("Input.dispatchKeyEvent", type="keyUp", **known)


def read_centre(page):
    """Read the cell in the middle of the map by keyboard."""
    page.run("document.querySelector('#map canvas').focus({focusVisible: true})")
    type_key(page, "Enter")
    page.wait("!document.getElementById('cell').hidden")


def text(page, control):
    """Return the text of an element."""
    return page.run(f"document.getElementById({control!r}).innerText")


def hash_of(page):
    """Return the choice in the page's address."""
    return page.run("Object.fromEntries(new URLSearchParams(location.hash.slice(1)))")


def wait_for_request(page, part, number=1):
    """Wait until the page has asked so many times for an address with a part in it."""
    page.wait("performance.getEntriesByType('resource')"
              f".filter((one) => one.name.includes({part!r})).length >= {number}")  # fmt: skip


def requests(page, part=""):
    """Return the addresses that the page has asked for."""
    return page.run("performance.getEntriesByType('resource').map((one) => one.name)"
                    f".filter((name) => name.includes({part!r}))")  # fmt: skip

"""The briefing as a browser shows and prints it."""

from __future__ import annotations

import base64

import numpy as np
import pytest
from headless_browser import find_browser, open_browser
from planning.cities import TYPES
from reports.morning import CUTOFF, Morning, incident_table

PAPERS = {"Letter": (8.5, 11.0), "A4": (8.27, 11.69)}
TOO_WIDE = """
[...document.querySelectorAll("main *, header *")]
    .filter(e => !e.closest("svg") && !e.closest(".scroll"))
    .filter(e => e.getBoundingClientRect().right > innerWidth + 1)
    .map(e => e.className || e.tagName)
"""


@pytest.fixture(scope="module")
def pages(tmp_path_factory):
    folder = tmp_path_factory.mktemp("briefing")
    morning = Morning()
    rng = np.random.default_rng(4)
    west, south, east, north = morning.grid.bounds
    morning.incidents = incident_table([
        (str(rng.choice(TYPES)), str(CUTOFF.replace(day=1)), float(rng.uniform(west, east)),
         float(rng.uniform(south, north)))
        for _ in range(200)
    ])  # fmt: skip
    morning.districts["name"] = "A precinct-with-a-very-long-and-unbreakable-name" * 3
    return morning.write(folder)


@pytest.fixture(scope="module")
def browser():
    program = find_browser()
    if program is None:
        pytest.skip("no Chromium on the path; on Debian: apt install chromium")
    with open_browser(program) as page:
        yield page


def show(browser, path, width, height):
    browser.call(
        "Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1,
        mobile=width < 600,
    )  # fmt: skip
    browser.call("Page.navigate", url="about:blank")
    browser.wait("location.href === 'about:blank'")
    browser.call("Page.navigate", url=path.as_uri())
    browser.wait("location.href !== 'about:blank' && document.readyState === 'complete'")


@pytest.mark.browser
@pytest.mark.parametrize("width", [360, 390, 768, 1280])
def test_page__nothing_runs_off_the_side(browser, pages, width):
    for path in (pages[0], pages[1]):
        show(browser, path, width, 800)
        assert browser.run(TOO_WIDE) == []
        assert browser.run("document.documentElement.scrollWidth <= innerWidth")
    assert browser.complaints == []


@pytest.mark.browser
@pytest.mark.parametrize("paper", sorted(PAPERS))
def test_page__prints_on_two_sheets(browser, pages, paper):
    width, height = PAPERS[paper]
    show(browser, pages[1], 1280, 800)
    answer = browser.call("Page.printToPDF", paperWidth=width, paperHeight=height)
    printed = base64.b64decode(answer["data"])
    assert 1 <= printed.count(b"/Type /Page\n") <= 2

"""No barriers: axe-core finds none by WCAG 2.2 AA, on a desktop, a phone, light and dark."""

from pathlib import Path

import pytest
from map_visit import DAYS, DESKTOP, PHONE, press, read_centre

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("map_page")]
AXE = Path(__file__).parents[3] / "node_modules" / "axe-core" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@pytest.fixture(scope="module")
def axe():
    if not AXE.is_file():
        pytest.skip("no axe-core; scripts/install-axe puts it there where npm is installed")
    return AXE.read_text("utf-8")


@pytest.fixture(params=["light", "dark"])
def scheme(request, page):
    features = [{"name": "prefers-color-scheme", "value": request.param}]
    page.call("Emulation.setEmulatedMedia", features=features)
    yield request.param
    page.call("Emulation.setEmulatedMedia", features=[])


def barriers(page, axe):
    """Return what axe-core holds against the page as it is now."""
    page.run(f"{axe}; true")
    return page.run(
        f"axe.run(document, {{runOnly: {RULES}}}).then(({{violations}}) => violations.map((one) =>"
        " [one.id, one.help, one.nodes.map((node) => node.html)]))"
    )  # fmt: skip


def open_calendar(page):
    page.run("document.getElementById('calendar').hidden"
             " && document.getElementById('calendar-toggle').click()")  # fmt: skip


def read_cell(page):
    read_centre(page)
    page.run("document.querySelectorAll('#cell details').forEach((one) => { one.open = true; })")


def open_share(page):
    press(page, "Use in another map…")
    page.wait("document.getElementById('share-dialog').open")


STATES = {
    "plain": ("", lambda page: None),
    "calendar": ("", open_calendar),
    "cell": ("shift=day", read_cell),
    "compare": (f"shift=day&compare=dosage/{DAYS[1]}/day", read_cell),
    "change": (f"shift=day&minus={DAYS[1]}", lambda page: None),
    "share": ("", open_share),
}


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
@pytest.mark.parametrize("state", STATES)
def test_map__has_no_barriers(visit, axe, scheme, state, size):
    choice, act = STATES[state]
    page = visit(choice, size)
    act(page)
    assert barriers(page, axe) == []


def test_barriers__are_found_where_there_are_some(visit, axe):
    page = visit()
    page.run("document.querySelector('label[for=style]').remove();"
             "document.getElementById('subtitle').style.color = '#dddddd';")  # fmt: skip
    assert {name for name, *_ in barriers(page, axe)} == {"color-contrast", "select-name"}

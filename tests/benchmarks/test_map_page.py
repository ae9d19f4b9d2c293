"""The map page in headless Chromium, which draws in software: times, requests and bytes."""

import statistics

import pytest
from live_service import live
from map_visit import DESKTOP, publish_city, visitor

pytestmark = [pytest.mark.benchmark, pytest.mark.browser]
ROUNDS = 5
TOLD = """
(() => {
  const asked = performance.getEntriesByType("resource");
  const tiles = asked.filter((one) => one.name.endsWith(".png"));
  return {
    paint_ms: performance.getEntriesByName("first-contentful-paint")[0].startTime,
    tile_ms: Math.min(...tiles.map((one) => one.responseEnd)),
    requests: asked.length + 1,
    kilobytes: asked.reduce((sum, one) => sum + one.transferSize, 0) / 1000,
  };
})()
"""


@pytest.fixture(scope="module")
def visits(tmp_path_factory):
    """What first visits and later ones measured, by turns."""
    with live(publish_city(tmp_path_factory.mktemp("city"))) as address, visitor() as page:
        if page is None:
            pytest.skip("no Chromium on this computer; on Debian: apt install chromium")
        told = {"first": [], "later": []}
        for _ in range(ROUNDS):
            for kind in told:
                if kind == "first":
                    page.call("Network.clearBrowserCache")
                page.open(f"{address}/map", **DESKTOP)
                told[kind].append(page.run(TOLD))
        assert page.complaints == []
        return told


@pytest.mark.parametrize(("kind", "requests", "kilobytes"), [("first", 60, 600), ("later", 60, 60)])
def test_map_page__visit(visits, table, kind, requests, kilobytes):
    median = {
        name: statistics.median(one[name] for one in visits[kind]) for name in visits[kind][0]
    }
    job = f"map page, {kind} visit"
    table.add_note(f"{job}: first paint", f"{median['paint_ms']:.0f} ms")
    table.add_note(f"{job}: first tile", f"{median['tile_ms']:.0f} ms")
    table.add_limit(f"{job}: requests", median["requests"], "", at_most=requests)
    table.add_limit(f"{job}: bytes", median["kilobytes"], "kB", at_most=kilobytes)
    assert median["requests"] <= requests
    assert median["kilobytes"] <= kilobytes

"""The map page: in a real browser it draws the tiles, and keyboard and pointer read values."""

import contextlib
import re
import signal
import subprocess
import sys
from pathlib import Path

import httpx
import pytest
from headless_browser import find_browser, open_browser

from evenbeat.tile_server import app as service

STATIC = Path(service.__file__).parent / "static"
SERVE = """
import sys
from evenbeat.tile_server.app import serve
from evenbeat.tile_server.settings import ServiceSettings
settings = ServiceSettings(publication=sys.argv[1], port=0)
serve(settings, announce=lambda address: print(address, flush=True))
"""


@contextlib.contextmanager
def served(folder):
    """Serve a publication on a free port; end it as a person would, with an interrupt."""
    with subprocess.Popen([sys.executable, "-c", SERVE, str(folder)], stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, text=True) as process:  # fmt: skip
        address = process.stdout.readline().strip()
        try:
            yield address
        finally:
            process.send_signal(signal.SIGINT)
            _, complaints = process.communicate(timeout=30)
            assert (process.returncode, complaints) == (0, "")


def test_serve__prints_its_address_answers_and_ends_quietly(published):
    with served(published) as address:
        assert re.fullmatch(r"http://127\.0\.0\.1:\d+", address)
        answer = httpx.get(f"{address}/v1/tiles/priority/latest/day/heat/tilejson.json")
        assert answer.json()["tiles"][0].startswith(address)
        assert "server" not in answer.headers
        assert httpx.get(address, follow_redirects=True).url.path == "/map"


def test_map_page__asks_no_other_host_and_has_no_inline_script(client):
    page = client.get("/map").text
    for name in ("map.html", "map.js", "map.css"):
        text = (STATIC / name).read_text("utf-8")
        assert not re.findall(r"https?://|//[a-z]", text.replace("${location.origin}", "")), name
    assert not re.findall(r"<script(?![^>]*src=)|\son\w+=|\sstyle=", page)
    for address in re.findall(r'(?:src|href)="(/[^"]+)"', page):
        assert client.get(address).status_code == 200, address
    script = client.get("/static/vendor/maplibre-gl/maplibre-gl.mjs")
    assert script.headers["content-type"].startswith("text/javascript")
    assert client.get("/static/vendor/maplibre-gl/LICENSE.txt").status_code == 200


def test_map_page__says_what_risk_is_and_is_not(client):
    text = " ".join(client.get("/map").text.split())
    assert "expected number of reported incidents" in text
    assert "<strong>not</strong> a prediction that a crime will occur" in text
    assert "says nothing about any person" in text


def test_map_page__every_control_has_a_label(client):
    page = client.get("/map").text
    for control in re.findall(r'<(?:select|input)[^>]*id="(\w+)"', page):
        assert f'<label for="{control}">' in page


@pytest.mark.browser
@pytest.mark.slow
def test_map_page__in_a_browser(published, tmp_path):
    program = find_browser()
    if program is None:
        pytest.skip("no Chromium on this computer; on Debian: apt install chromium")
    with served(published) as address, open_browser(program) as page:
        page.open(f"{address}/map", width=1280, height=800)
        assert page.run("document.getElementById('title').textContent") == "Priority"
        assert page.run("document.querySelectorAll('#entries li').length") == 5
        assert page.run("document.querySelectorAll('#shifts input').length") == 3
        _check_colours(page, tmp_path / "desktop.png")
        page.click(815, 400)
        page.wait("document.querySelector('#words strong')?.textContent")
        assert "times that of the average cell" in page.run("document.body.innerText")

        page.run("document.querySelector('#layer').value = 'risk-robbery';"
                 "document.querySelector('#layer').dispatchEvent(new Event('change'))")  # fmt: skip
        page.wait("document.getElementById('title').textContent === 'Risk: robbery'")
        page.wait("document.body.innerText.includes('such shifts')")
        assert "layer=risk-robbery" in page.run("location.hash")

        page.run("document.querySelector('#map canvas').focus({focusVisible: true})")
        page.press("Enter", "Enter", 13)
        page.wait("document.querySelector('#words').innerText.includes('This cell is')")
        assert page.run("getComputedStyle(document.getElementById('crosshair')).opacity") == "1"

        page.open(f"{address}/map?phone", width=390, height=844, mobile=True)
        assert page.run("document.documentElement.scrollWidth") <= 390
        assert page.run("document.getElementById('map').clientHeight") > 300
        assert page.complaints == []


def _check_colours(page, path):
    """Look at the picture: the darkest class and the land must both be on it."""
    import numpy as np
    from PIL import Image

    page.picture(path)
    pixels = np.asarray(Image.open(path).convert("RGB")).astype(int)[:, 400:]
    darkest = np.abs(pixels - (0x6E, 0x0C, 0x18)).max(axis=-1) <= 12
    land = (pixels.min(axis=-1) > 235).mean()
    assert darkest.sum() > 50
    assert land > 0.05

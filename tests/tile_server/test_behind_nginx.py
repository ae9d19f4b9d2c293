"""The example for nginx, run with the real program: prefix, cache, rates and forwarded headers."""

import contextlib
import datetime as dt
import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import httpx
import pytest
from headless_browser import find_browser, open_browser
from served_process import free_port, served, until

from evenbeat.core.store.manifest import read_manifest
from evenbeat.tile_server.access.keys import KeyFile

EXAMPLE = Path(__file__).parents[2] / "docs" / "deploy" / "nginx.conf"
NGINX = shutil.which("nginx") or "/usr/sbin/nginx"
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not Path(NGINX).exists(), reason="nginx is missing: nginx-light in Debian"),
]
AROUND = """
daemon off;
{user}
pid {folder}/nginx.pid;
error_log {folder}/error.log;
events {{}}
http {{
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    include {folder}/evenbeat.conf;
}}
"""


@contextlib.contextmanager
def nginx(folder, port, upstream):
    """Run nginx with the example, without TLS and on ports of this test."""
    text = EXAMPLE.read_text("utf-8")
    text = re.sub(r"listen 443 ssl http2;", f"listen 127.0.0.1:{port};", text)
    text = re.sub(r" *ssl_certificate.*\n", "", text)
    text = text.replace("127.0.0.1:8765", f"127.0.0.1:{upstream}")
    text = text.replace("/var/cache/nginx", str(folder)).replace("/var/log/nginx", str(folder))
    text = text.replace("server_name gis.example.org", "server_name 127.0.0.1")
    (folder / "evenbeat.conf").write_text(text)
    user = "user root;" if os.geteuid() == 0 else ""
    (folder / "nginx.conf").write_text(AROUND.format(folder=folder, user=user))
    process = subprocess.Popen([NGINX, "-p", folder, "-c", folder / "nginx.conf"])
    try:
        address = f"http://127.0.0.1:{port}/evenbeat"
        until(lambda: httpx.get(f"{address}/healthz").status_code == 200)
        yield address
    finally:
        process.terminate()
        process.wait(timeout=30)


@pytest.fixture(scope="module")
def behind(published, tmp_path_factory):
    """A service with keys and a public layer behind nginx; its address is that of the proxy."""
    folder = tmp_path_factory.mktemp("nginx")
    keys = KeyFile(folder / "keys.json")
    _, token = keys.create("all", now=dt.datetime.now(dt.UTC))
    port, inside = free_port(), free_port()
    with (
        served(published, port=inside, keys_file=keys.path, public_layers="priority",
               public_base_url=f"http://127.0.0.1:{port}/evenbeat",
               trusted_proxies="127.0.0.1", request_log=folder / "requests.jsonl",
               guesses_per_minute=4) as service,
        nginx(folder, port, inside) as address,
    ):  # fmt: skip
        service.proxy, service.token, service.folder = address, token, folder
        yield service


def test_proxy__links_tiles_and_page_stand_below_the_prefix(behind, published):
    head = {"X-API-Key": behind.token}
    document = httpx.get(
        f"{behind.proxy}/v1/tiles/risk-robbery/latest/night/heat/tilejson.json", headers=head
    ).json()
    (tiles,) = document["tiles"]
    assert tiles.startswith(f"{behind.proxy}/v1/tiles/risk-robbery/v/")
    tile = httpx.get(tiles.format(z=3, x=1, y=1))
    assert (tile.status_code, tile.headers["content-type"]) == (200, "image/png")
    page = httpx.get(f"{behind.proxy}/map")
    for link in re.findall(r'(?:src|href)="([^"#]+)"', page.text):
        assert httpx.get(f"{behind.proxy}/{link}").status_code == 200, link
    front = httpx.get(f"{behind.proxy}/")
    assert front.headers["location"].endswith("/evenbeat/map")
    assert "nginx/" not in str(page.headers)


def test_proxy__public_tiles_are_kept_and_keyed_ones_are_not(behind, published):
    date = read_manifest(published).dates[0]
    public = f"{behind.proxy}/v1/tiles/priority/{date}/night/heat/9/131/190.png"
    first, again = httpx.get(public), httpx.get(public)
    assert [each.headers["x-cache"] for each in (first, again)] == ["MISS", "HIT"]
    assert first.content == again.content
    assert again.headers["access-control-allow-origin"] == "*"
    known = httpx.get(public, headers={"If-None-Match": first.headers["etag"]})
    assert known.status_code == 304
    keyed = f"{behind.proxy}/v1/tiles/risk-robbery/{date}/night/heat/9/131/190.png"
    for _ in range(2):
        answer = httpx.get(keyed, headers={"X-API-Key": behind.token})
        assert (answer.status_code, answer.headers["x-cache"]) == (200, "BYPASS")
    assert httpx.get(keyed).status_code in (401, 404)
    # What a key may see of a public layer is not taken from, or put into, what all may see.
    asked = httpx.get(public, params={"key": behind.token})
    assert asked.headers["cache-control"].startswith("private")
    assert httpx.get(public).headers["cache-control"].startswith("public")


def test_proxy__addresses_of_clients_come_from_it_and_not_from_clients(behind):
    forged = [{"X-API-Key": f"wrong-{n}", "X-Forwarded-For": f"10.1.1.{n}"} for n in range(7)]
    found = [httpx.get(f"{behind.proxy}/v1/layers", headers=each).status_code for each in forged]
    assert found == [401] * 4 + [429] * 3


def test_proxy__operations_are_not_for_the_outside_and_keys_are_in_no_log(behind):
    for path in ("admin/state", "metrics", "readyz"):
        assert httpx.get(f"{behind.proxy}/{path}").status_code == 403
    httpx.get(f"{behind.proxy}/v1/layers?key={behind.token}")
    until(lambda: '"path":"/v1/layers"' in (behind.folder / "requests.jsonl").read_text())
    for log in (behind.folder / "evenbeat.log", behind.folder / "requests.jsonl"):
        text = log.read_text()
        assert "/v1/layers" in text
        assert behind.token not in text


@pytest.mark.browser
def test_proxy__the_map_page_draws_below_the_prefix(published, tmp_path):
    program = find_browser()
    if program is None:
        pytest.skip("no Chromium")
    port, inside = free_port(), free_port()
    with (
        served(published, port=inside, public_base_url=f"http://127.0.0.1:{port}/evenbeat"),
        nginx(tmp_path, port, inside) as address,
        open_browser(program) as page,
    ):
        page.open(f"{address}/map", width=1000, height=700)
        until(lambda: "/v1/tiles/" in (tmp_path / "evenbeat.log").read_text())
        page.picture(tmp_path / "map.png")
        assert page.complaints == []
        asked = (tmp_path / "evenbeat.log").read_text().splitlines()
        assert all(re.search(r'" (200|304) ', line) for line in asked), json.dumps(asked)

"""The map page as the service sends it: its words, its files, its content policy."""

import gzip
import html
import json
import re
from pathlib import Path

import pytest

from evenbeat.tile_server import app as service

STATIC = Path(service.__file__).parent / "static"
MODULES = sorted((STATIC / "map").glob("*.js"))
BASE_MAP = "https://streets.example.org/{z}/{x}/{y}.png"


def links_of(page):
    """Return what the page loads."""
    return re.findall(r'<(?:link|script)[^>]*(?:src|href)="([^"]+)"', page)


def told(page):
    """Return what the service tells its page."""
    return json.loads(html.unescape(re.search(r'name="evenbeat" content="([^"]*)"', page)[1]))


def policy_of(answer):
    parts = (part.split(" ", 1) for part in answer.headers["content-security-policy"].split("; "))
    return dict(parts)


def test_front__leads_to_the_map_page(client, connect, published):
    assert client.get("/").url.path == "/map"
    below = connect(published, root_path="/risk")
    assert below.get("/", follow_redirects=False).headers["location"] == "/risk/map"


def test_map_page__all_that_it_loads_is_its_own_and_there(client):
    page = client.get("/map").text
    links = links_of(page)
    assert len(links) > len(MODULES)
    for link in links:
        assert not link.startswith(("/", "http")), "links must be relative, for proxies"
        assert client.get(f"/{link}").status_code == 200, link
    assert {Path(link).name for link in links} >= {module.name for module in MODULES}
    assert not re.findall(r"<script(?![^>]*src=)|\son\w+=|\sstyle=|\$\w", page)


@pytest.mark.parametrize("path", [STATIC / "map.html", *sorted((STATIC / "map").iterdir())],
                         ids=lambda path: path.name)  # fmt: skip
def test_map_page__names_no_other_host(path):
    text = path.read_text("utf-8").replace("http://www.w3.org/2000/svg", "")
    assert not re.findall(r"https?://|[\"'`(]//\w", text)


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.name)
def test_map_page__modules_are_small_and_import_only_what_is_there(path):
    text = path.read_text("utf-8")
    assert text.count("\n") <= 250
    assert text.startswith("// "), "a module begins with its purpose"
    for name in re.findall(r'(?:from|import\()\s*"([^"]+)"', text):
        assert (path.parent / name).is_file(), name


def test_map_page__says_what_risk_is_and_is_not(client):
    text = " ".join(client.get("/map").text.split())
    assert "expected number of reported incidents" in text
    assert "<strong>not</strong> a prediction that a crime will occur" in text
    assert "places and times, and says nothing about any person" in text
    assert "no reason to stop, search or suspect anybody" in text


def test_map_page__tells_whether_keys_are_asked_for(client, connect, published, tmp_path):
    assert told(client.get("/map").text) == {
        "keys": False, "deepest": 18, "base_map": None, "base_map_attribution": "",
    }  # fmt: skip
    keyed = connect(published, keys_file=tmp_path / "keys.json")
    assert told(keyed.get("/map").text)["keys"] is True
    assert told(keyed.get("/map").text)["deepest"] == 14


def test_map_page__content_policy_allows_only_its_own(client):
    policy = policy_of(client.get("/map"))
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == policy["style-src"] == policy["connect-src"] == "'self'"


def test_map_page__base_map_is_told_and_allowed_on_the_page_alone(connect, published):
    attribution = 'Streets by "A & B"'
    base = connect(published, base_map_tiles=BASE_MAP, base_map_attribution=attribution)
    answer = base.get("/map")
    assert told(answer.text)["base_map"] == BASE_MAP
    assert told(answer.text)["base_map_attribution"] == attribution
    assert policy_of(answer)["connect-src"] == "'self' https://streets.example.org"
    assert policy_of(answer)["script-src"] == "'self'"
    assert policy_of(base.get("/v1/layers"))["connect-src"] == "'self'"


@pytest.mark.parametrize(
    "address",
    [
        "https://a.example/1.png",
        "https://a.example; script-src */{z}",
        "ftp://a.example/{z}",
        "{z}",
    ],
)
def test_map_page__base_map_must_be_an_address_of_tiles(connect, published, address):
    with pytest.raises(ValueError, match="base_map_tiles"):
        connect(published, base_map_tiles=address)


def test_page_files__are_compressed_and_the_same(client):
    link = next(one for one in links_of(client.get("/map").text) if one.endswith("main.js"))
    plain = client.get(f"/{link}", headers={"Accept-Encoding": "identity"})
    with client.stream("GET", f"/{link}", headers={"Accept-Encoding": "gzip"}) as packed:
        sent = b"".join(packed.iter_raw())
    assert "content-encoding" not in plain.headers
    assert packed.headers["content-encoding"] == "gzip"
    assert plain.headers["vary"] == packed.headers["vary"] == "Accept-Encoding"
    assert gzip.decompress(sent) == plain.content == (STATIC / "map" / "main.js").read_bytes()
    assert plain.headers["content-type"].startswith("text/javascript")


def test_page_files__are_kept_for_ever_under_their_revision_alone(client):
    link = next(one for one in links_of(client.get("/map").text) if one.endswith("map.css"))
    assert "immutable" in client.get(f"/{link}").headers["cache-control"]
    revision = link.split("/")[1]
    former = client.get(f"/{link.replace(revision, '0' * 12)}")
    assert (former.status_code, former.headers["cache-control"]) == (200, "no-cache")
    assert client.get("/map").headers["cache-control"] == "no-cache"


@pytest.mark.parametrize("path", ["map", "css"])
def test_page_files__known_ones_are_not_sent_again(client, path):
    page = client.get("/map")
    address = "/map" if path == "map" else f"/{links_of(page.text)[1]}"
    tag = client.get(address).headers["etag"]
    again = client.get(address, headers={"If-None-Match": tag})
    assert (again.status_code, again.content) == (304, b"")
    assert "content-security-policy" in again.headers


@pytest.mark.parametrize(
    "name",
    ["nothing.js", "../app.py", "..%2fapp.py", "%2e%2e/settings.py", "map/../../app.py", "map", "",
     "/etc/passwd", "map%00.js"],
)  # fmt: skip
def test_page_files__nothing_else_can_be_named(client, name):
    answer = client.get(f"/static/{'0' * 12}/{name}")
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"


def test_vendored_files__have_their_licence(client):
    folder = STATIC / "vendor" / "maplibre-gl"
    assert "Copyright" in (folder / "LICENSE.txt").read_text("utf-8")
    assert re.search(r"MapLibre GL JS \d+\.\d+\.\d+", (folder / "VERSION.txt").read_text("utf-8"))


def test_map_page__every_control_has_a_label(client):
    page = client.get("/map").text
    controls = re.findall(r'<(?:select|input)[^>]*id="([\w-]+)"', page)
    assert len(controls) >= 10
    for control in controls:
        labelled = f'<label for="{control}"' in page or f' for="{control}">' in page
        assert labelled or re.search(rf'<label[^>]*><input id="{control}"', page), control

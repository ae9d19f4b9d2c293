"""The map page where keys are asked for: asked once, kept in the tab, never in an address."""

import pytest
from live_service import live
from map_visit import CENTRE, DAYS, DESKTOP, hash_of, make_key, press, requests, start_afresh, text
from token_issuer import AUDIENCE, Issuer

RESOURCES = "performance.getEntriesByType('resource')"
pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("map_page")]


@pytest.fixture
def keys(tmp_path):
    return tmp_path / "keys.json"


@pytest.fixture
def guest(browser):
    """A page that was refused something on purpose: the browser itself tells that as an error."""
    start_afresh(browser)
    yield browser
    refused = ("401", "403", "Failed to load resource")
    assert [one for one in browser.complaints if not one.startswith(refused)] == []


def open_door(page, address, choice=""):
    """Open the map where it asks for a key."""
    page.call("Emulation.setDeviceMetricsOverride", deviceScaleFactor=1, mobile=False, **DESKTOP)
    page.call("Page.navigate", url=f"{address}/map#{choice}")
    page.wait("document.getElementById('key-dialog')?.open")


def give(page, token):
    page.run(f"document.getElementById('key-field').value = {token!r}")
    press(page, "Open the map")


def enter(page, address, token, choice=""):
    open_door(page, address, choice)
    give(page, token)
    page.wait("document.body.dataset.ready === 'yes'")


def test_key__is_asked_for_and_a_wrong_one_is_told(city_folder, keys, guest):
    token = make_key(keys)
    with live(city_folder, keys_file=keys) as address:
        open_door(guest, address)
        assert guest.run("document.activeElement.id") == "key-field"
        assert text(guest, "subtitle") == "A key is needed to see this map."
        give(guest, "evb_00000000_wrong")
        guest.wait("document.getElementById('key-problem').innerText.includes('not known')")
        assert guest.run("document.body.dataset.ready") is None
        give(guest, token)
        guest.wait("document.body.dataset.ready === 'yes'")
        assert not guest.run("document.getElementById('key-dialog').open")
        assert text(guest, "title") == "Priority"


def test_key__is_in_no_address_and_gone_when_it_is_forgotten(city_folder, keys, guest):
    token = make_key(keys)
    with live(city_folder, keys_file=keys) as address:
        enter(guest, address, token)
        tiles = requests(guest, ".png")
        assert tiles
        assert all("sig=" in one for one in tiles)
        assert not [one for one in requests(guest) if token[-16:] in one]
        places = ("location.href", "document.documentElement.outerHTML",
                  "JSON.stringify(localStorage)", "document.cookie")  # fmt: skip
        assert token not in guest.run(" + ".join(places))
        guest.call("Page.reload")  # the tab keeps it
        guest.wait("document.body?.dataset.ready === 'yes'")
        press(guest, "Forget it")
        guest.wait("document.getElementById('key-dialog')?.open")
        assert guest.run("sessionStorage.length") == 0


def test_key__signatures_are_renewed_before_they_end_and_when_they_are_lost(
    city_folder, keys, guest
):
    token = make_key(keys)
    module = ("import(new URL('signatures.js',"
              " document.querySelector('script[src$=\"main.js\"]').src).href)")  # fmt: skip
    with live(city_folder, keys_file=keys, signature_seconds=600) as address:
        enter(guest, address, token, f"view=11/{CENTRE}")
        renewed = f"{module}.then((module) => module.renewSignatures())"
        assert guest.run(renewed) is False
        guest.run("window.later = Date.now; Date.now = () => window.later() + 560_000")
        assert guest.run(renewed) is True
        assert len(requests(guest, "tilejson.json")) == 2
        guest.run("Date.now = window.later")
        guest.run(f"{module}.then((module) => module.forgetSignatures())")
        guest.run("document.querySelector('.maplibregl-ctrl-zoom-in').click()")
        guest.wait("performance.getEntriesByType('resource')"
                   ".filter((one) => one.name.includes('tilejson.json')).length === 3")  # fmt: skip
        guest.wait("document.getElementById('problem').hidden")
        assert not guest.run("document.getElementById('key-dialog').open")


def test_key__a_revoked_one_is_asked_for_again(city_folder, keys, guest):
    token = make_key(keys)
    with live(city_folder, keys_file=keys) as address:
        enter(guest, address, token)
        make_key(keys, "Other")
        keys.write_text(keys.read_text().replace(token.split("_")[1], "ffffffff"))
        guest.run("document.querySelector('#layers input[value=risk-burglary]').click()")
        guest.wait("document.getElementById('key-dialog').open")
        assert text(guest, "key-problem")


def test_token__of_a_login_opens_the_map_and_is_in_no_address(city_folder, keys, guest):
    make_key(keys)  # the secret that signs addresses lies with the keys
    issuer = Issuer()
    grants = [{"role": "analyst", "layers": ["risk-*"]}]
    try:
        with live(city_folder, keys_file=keys, oidc_issuer=issuer.address, oidc_audience=AUDIENCE,
                  oidc_grants=grants) as address:  # fmt: skip
            token = issuer.token()
            enter(guest, address, token, f"layer=risk-burglary&date={DAYS[0]}")
            guest.wait(f"{RESOURCES}.some((one) => /[.]png[?].*sig=/.test(one.name))")
            asked = requests(guest)
    finally:
        issuer.close()
    assert not any(token in one for one in asked)


def test_key__what_is_public_needs_none_and_a_key_adds_the_rest(city_folder, keys, guest):
    token = make_key(keys, layers=("priority", "risk-*"))
    public = {"public_layers": ("priority",), "public_newest_lag_days": 1}
    with live(city_folder, keys_file=keys, **public) as address:
        guest.open(f"{address}/map", **DESKTOP)
        assert guest.run("document.querySelectorAll('#layers input').length") == 1
        assert guest.run("document.getElementById('boxes-line').hidden")
        press(guest, "Use a key")
        give(guest, token)
        guest.wait("document.querySelectorAll('#layers input').length === 4")
        presets = guest.run("document.getElementById('presets').innerText")
        assert "Another day" in presets
        assert "Dosage" not in presets


def test_key__the_map_asks_for_no_deeper_tiles_than_it_opens(city_folder, keys, guest):
    token = make_key(keys, maximum_zoom=11)
    public = {"public_layers": ("priority",), "public_maximum_zoom": 10}
    with live(city_folder, keys_file=keys, **public) as address:
        for deepest in ("10", "11"):
            if deepest == "11":
                press(guest, "Use a key")
                give(guest, token)
                guest.wait("document.querySelectorAll('#layers input').length > 1")
            else:
                guest.open(f"{address}/map#view=14/{CENTRE}", **DESKTOP)
            found = "performance.getEntriesByType('resource').map((one) => one.name)"
            guest.wait(
                f"{found}.some((one) => one.includes('/{deepest}/') && one.includes('.png'))"
            )
        zooms = {one.split("?")[0].split("/")[-3] for one in requests(guest, ".png")}
        assert zooms == {"10", "11"}
        assert guest.run("document.getElementById('problem').hidden")
        press(guest, "Use in another map…")
        guest.wait("document.getElementById('share-dialog').open")
        assert "maxNativeZoom: 11, maxZoom: 18" in text(guest, "snippet")


@pytest.mark.parametrize("rights", [(), ("assignments",)])
def test_boxes__only_with_the_right_and_only_approved_ones(city_folder, keys, guest, rights):
    token = make_key(keys, rights=rights)
    with live(city_folder, keys_file=keys) as address:
        enter(guest, address, token, f"date={DAYS[0]}&shift=day")
        guest.run("document.getElementById('boxes').click()")
        guest.wait("document.getElementById('boxes-words').innerText")
        said = "1 approved box in this shift." if rights else "This key does not open assignments."
        assert text(guest, "boxes-words") == said
        if rights:
            slider = "document.getElementById('shift')"
            guest.run(f"{slider}.value = 2; {slider}.dispatchEvent(new Event('input'))")
            guest.wait("document.getElementById('boxes-words').innerText.startsWith('No approved')")


def test_snippets__name_a_place_for_the_key_and_not_the_key(city_folder, keys, guest):
    token = make_key(keys)
    with live(
        city_folder, keys_file=keys, public_base_url="https://tiles.example.org/risk"
    ) as address:
        enter(guest, address, token)
        assert all(one.startswith(address) for one in requests(guest))
        press(guest, "Use in another map…")
        guest.wait("document.getElementById('share-dialog').open")
        snippet = text(guest, "snippet")
        assert "https://tiles.example.org/risk/v1/tiles/priority/latest/" in snippet
        assert "?key=YOUR-KEY" in snippet
        assert token not in snippet
        assert guest.run("document.getElementById('key-note').hidden") is False
        assert "sig" not in hash_of(guest)

"""Keys, scopes, signatures and rates: who is let in, and what stays unseen."""

import datetime as dt
import json
import multiprocessing
import stat

import pytest
from starlette.applications import Starlette
from starlette.responses import JSONResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from evenbeat.core.errors import ConfigError
from evenbeat.core.store.manifest import read_manifest
from evenbeat.tile_server.access.grants import ANONYMOUS, Grant
from evenbeat.tile_server.access.guard import Guard
from evenbeat.tile_server.access.journal import RequestLog
from evenbeat.tile_server.access.keys import KeyFile, id_of_token, read_book
from evenbeat.tile_server.access.middleware import AccessMiddleware
from evenbeat.tile_server.access.rates import Rates
from evenbeat.tile_server.access.ring import KeyRing
from evenbeat.tile_server.access.sight import Viewer, restrict
from evenbeat.tile_server.access.signatures import is_signed, sign_prefix
from evenbeat.tile_server.publication.published import Publication

NOW = dt.datetime(2017, 1, 5, 12, tzinfo=dt.UTC)
PREFIX = "/v1/tiles/risk-theft/v/0123456789abcdef/heat/"
TILE = f"{PREFIX}12/1/2.png"


@pytest.fixture
def keys(tmp_path):
    return KeyFile(tmp_path / "private" / "keys.json")


def service(keys, *, public=None, log=None, now=NOW):
    """A service that tells whom it let in, behind the real guard."""

    async def tell(request):
        grant = request.scope["state"]["grant"]
        return JSONResponse({"key": grant.key_id}, headers={"Cache-Control": "public, max-age=60"})

    app = Starlette(routes=[Route("/v1/{path:path}", tell), Route("/healthz", tell)])
    guard = Guard(KeyRing(keys.path), public, Rates(), now=lambda: now)
    return TestClient(AccessMiddleware(app, guard, log))


def test_key_file__keeps_hashes_and_for_its_owner_alone(keys):
    record, token = keys.create("County GIS", now=NOW, layers=("risk-*",))
    text = keys.path.read_text("utf-8")
    assert token not in text
    assert token.split("_", 2)[2] not in text
    assert id_of_token(token) == record.id
    assert stat.S_IMODE(keys.path.stat().st_mode) == 0o600
    assert len(token.split("_", 2)[2]) >= 32  # 192 bits


def test_key_file__a_scope_that_cannot_be_is_refused_and_nothing_written(keys):
    with pytest.raises(ConfigError, match="rate_per_minute"):
        keys.create("x", now=NOW, rate_per_minute=0)
    with pytest.raises(ConfigError, match="no key"):
        keys.revoke("00000000", now=NOW)
    assert read_book(keys.path) is None


def test_key_file__revoke_and_rotate(keys):
    record, _ = keys.create("County GIS", now=NOW, layers=("risk-*",), rate_per_minute=5)
    fresh, token = keys.rotate(record.id, now=NOW, overlap=dt.timedelta(days=2))
    assert (fresh.layers, fresh.rate_per_minute) == (("risk-*",), 5)
    former = keys.book().find(record.id)
    assert former.state(NOW + dt.timedelta(days=1)) == "active"
    assert former.state(NOW + dt.timedelta(days=2)) == "expired"
    keys.revoke(fresh.id, now=NOW)
    assert keys.book().find(fresh.id).state(NOW) == "revoked"
    with pytest.raises(ConfigError, match="is revoked"):
        keys.rotate(fresh.id, now=NOW, overlap=dt.timedelta(0))
    assert token.startswith(f"evb_{fresh.id}_")


def _make_some(path, number):
    for at in range(number):
        KeyFile(path).create(f"agency {at}", now=NOW)


def test_key_file__commands_at_once_lose_no_key(keys):
    start = multiprocessing.get_context("spawn")
    makers = [start.Process(target=_make_some, args=(keys.path, 8)) for _ in range(3)]
    for maker in makers:
        maker.start()
    for maker in makers:
        maker.join()
    found = keys.book().keys
    assert len({key.id for key in found}) == 24


def test_guard__a_key_in_the_header_or_the_address(keys):
    record, token = keys.create("County GIS", now=NOW)
    client = service(keys)
    for answer in (
        client.get(TILE, headers={"X-API-Key": token}),
        client.get(f"{TILE}?key={token}"),
    ):
        assert answer.json() == {"key": record.id}
        assert answer.headers["cache-control"] == "private, max-age=60"


@pytest.mark.parametrize("bad", ["", "x", "evb_00000000_" + "A" * 32, "evb_zz", "\u00e9" * 40])
def test_guard__other_keys_are_refused_with_what_to_do(keys, bad):
    keys.create("County GIS", now=NOW)
    answer = service(keys).get(TILE, params={"key": bad})
    assert answer.status_code == 401
    assert answer.headers["content-type"] == "application/problem+json"
    assert "key" in answer.json()["detail"]


def test_guard__a_key_with_one_letter_changed_is_refused(keys):
    _, token = keys.create("County GIS", now=NOW)
    last = "A" if token[-1] != "A" else "B"
    assert service(keys).get(TILE, headers={"X-API-Key": token[:-1] + last}).status_code == 401


def test_guard__without_a_key_only_what_is_public(keys):
    keys.create("County GIS", now=NOW)
    assert service(keys).get(TILE).status_code == 401
    public = Grant(ANONYMOUS, ("priority",))
    answer = service(keys, public=public).get(TILE)
    assert answer.json() == {"key": ANONYMOUS}
    assert answer.headers["cache-control"] == "public, max-age=60"


def test_guard__revoked_and_expired_keys_open_nothing_from_the_next_request_on(keys):
    record, token = keys.create("County GIS", now=NOW)
    client = service(keys)
    assert client.get(TILE, headers={"X-API-Key": token}).status_code == 200
    keys.revoke(record.id, now=NOW)
    answer = client.get(TILE, headers={"X-API-Key": token})
    assert (answer.status_code, "revoked" in answer.json()["detail"]) == (401, True)
    _, brief = keys.create("A day", now=NOW, expires_at=NOW + dt.timedelta(days=1))
    later = service(keys, now=NOW + dt.timedelta(days=1))
    assert "expired" in later.get(TILE, headers={"X-API-Key": brief}).json()["detail"]


def test_guard__a_broken_file_of_keys_opens_nothing(keys):
    _, token = keys.create("County GIS", now=NOW)
    client = service(keys)
    keys.path.write_text("{")
    assert client.get(TILE, headers={"X-API-Key": token}).status_code == 401


def test_guard__a_signature_opens_its_tiles_until_its_time(keys):
    record, _ = keys.create("County GIS", now=NOW)
    secret, until = keys.book().signing_secret, int(NOW.timestamp()) + 600
    query = sign_prefix(PREFIX, key_id=record.id, expires_s=until, secret=secret)
    assert service(keys).get(f"{TILE}?{query}").json() == {"key": record.id}
    other = TILE.replace("theft", "robbery")
    assert service(keys).get(f"{other}?{query}").status_code == 401
    assert service(keys).get(f"{TILE}?{query.replace('exp=1', 'exp=2')}").status_code == 401
    late = service(keys, now=NOW + dt.timedelta(seconds=600))
    assert late.get(f"{TILE}?{query}").status_code == 401
    keys.revoke(record.id, now=NOW)
    assert service(keys).get(f"{TILE}?{query}").status_code == 401


def test_is_signed__odd_texts_are_no_signature():
    secret = "ab" * 32
    for expires in ("", "-1", "1e9", "\u0661", "9" * 60, "99 "):
        assert not is_signed(
            TILE, key_id="0a1b2c3d", expires=expires, signature="x", secret=secret, now_s=0.0
        )


def test_guard__a_rate_is_kept_and_says_how_long_to_wait(keys):
    _, token = keys.create("County GIS", now=NOW, rate_per_minute=3)
    client = service(keys)
    answers = [client.get(TILE, headers={"X-API-Key": token}) for _ in range(5)]
    assert [answer.status_code for answer in answers][:3] == [200, 200, 200]
    assert answers[-1].status_code == 429
    assert 1 <= int(answers[-1].headers["retry-after"]) <= 20


def test_access__health_needs_no_key(keys):
    keys.create("County GIS", now=NOW)
    app = Starlette(routes=[Route("/healthz", lambda request: JSONResponse({"status": "ok"}))])
    guarded = AccessMiddleware(app, Guard(KeyRing(keys.path), None, Rates()))
    assert TestClient(guarded).get("/healthz").status_code == 200


def test_request_log__has_a_line_for_every_request_and_no_key(keys, tmp_path):
    record, token = keys.create("County GIS", now=NOW)
    log = RequestLog(tmp_path / "logs" / "requests.jsonl")
    client = service(keys, log=log)
    client.get(f"{TILE}?key={token}")
    client.get(f"{TILE}?key=evb_00000000_{'A' * 32}")
    log.close()
    text = (tmp_path / "logs" / "requests.jsonl").read_text("utf-8")
    lines = [json.loads(line) for line in text.splitlines()]
    assert [(line["key"], line["status"]) for line in lines] == [(record.id, 200), ("", 401)]
    assert (lines[0]["layer"], lines[0]["z"], lines[0]["x"]) == ("risk-theft", "12", "1")
    assert token not in text
    assert "A" * 32 not in text


def test_restrict__what_is_not_open_is_not_there(published):
    manifest = read_manifest(published)
    newest = dt.date.fromisoformat(manifest.dates[-1])
    seen = restrict(manifest, Grant("a", ("risk-*",), newest_lag_days=1), newest)
    assert all(layer_id.startswith("risk-") for layer_id in seen.layers)
    assert seen.dates == manifest.dates[:-1]
    assert seen.assignments == {}
    everything = restrict(manifest, Grant("a", rights=("assignments",)), newest)
    assert everything.assignments == manifest.assignments
    assert restrict(manifest, Grant("a", oldest_lag_days=0), newest).dates == manifest.dates[-1:]


def test_viewer__makes_a_view_once_for_a_publication(published):
    viewer = Viewer(Publication(published), now=lambda: NOW)
    scope = {"state": {"grant": Grant("a", ("priority",))}}
    first = viewer.see(scope)
    assert list(first.manifest.layers) == ["priority"]
    assert viewer.see({"state": {"grant": Grant("a", ("priority",))}}) is first
    assert set(viewer.see({}).manifest.layers) > {"priority"}


@pytest.fixture
def guarded(published, keys, connect, monkeypatch):
    """The whole service behind keys, on the day after the newest published one."""
    newest = dt.date.fromisoformat(read_manifest(published).dates[-1])
    noon = dt.datetime.combine(newest, dt.time(18), dt.UTC)
    monkeypatch.setattr("evenbeat.tile_server.access.sight._utc_now", lambda: noon)
    return connect(published, keys_file=keys.path)


def test_service__a_key_sees_its_layers_and_no_other(guarded, keys):
    _, token = keys.create("County GIS", now=NOW, layers=("risk-*",), maximum_zoom=12)
    head = {"X-API-Key": token}
    assert guarded.get("/v1/layers").status_code == 401
    listed = guarded.get("/v1/layers", headers=head)
    assert "risk-robbery" in listed.text
    assert "priority" not in listed.text
    tile = "/v1/tiles/{}/latest/night/heat/{}/1/1.png"
    assert guarded.get(tile.format("risk-robbery", 11), headers=head).status_code == 200
    assert guarded.get(tile.format("priority", 11), headers=head).status_code == 404
    assert guarded.get(tile.format("risk-robbery", 13), headers=head).status_code == 404
    capabilities = guarded.get("/v1/wmts/1.0.0/WMTSCapabilities.xml", headers=head).text
    assert ">risk-robbery.night<" in capabilities
    assert ">priority." not in capabilities


def test_service__tilejson_signs_the_tiles_of_its_raster(guarded, keys):
    record, token = keys.create("County GIS", now=dt.datetime.now(dt.UTC))
    document = guarded.get(
        "/v1/tiles/risk-robbery/latest/night/heat/tilejson.json", headers={"X-API-Key": token}
    ).json()
    address = document["tiles"][0].replace("{z}", "3").replace("{x}", "1").replace("{y}", "1")
    path = address.split("8765", 1)[1]
    assert token not in json.dumps(document)
    answer = guarded.get(path)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "image/png")
    assert answer.headers["cache-control"].startswith("private")
    assert guarded.get(path.split("?")[0]).status_code == 401
    keys.revoke(record.id, now=dt.datetime.now(dt.UTC))
    assert guarded.get(path).status_code == 401


def test_service__public_layers_are_open_a_day_late(published, keys, connect, monkeypatch):
    manifest = read_manifest(published)
    newest = dt.date.fromisoformat(manifest.dates[-1])
    noon = dt.datetime.combine(newest, dt.time(18), dt.UTC)
    monkeypatch.setattr("evenbeat.tile_server.access.sight._utc_now", lambda: noon)
    client = connect(published, keys_file=keys.path, public_layers=("priority",))
    tile = "/v1/tiles/{}/{}/night/heat/9/1/1.png"
    assert client.get(tile.format("priority", manifest.dates[0])).status_code == 200
    assert client.get(tile.format("priority", manifest.dates[-1])).status_code == 404
    assert client.get(tile.format("risk-robbery", manifest.dates[0])).status_code == 404


def test_service__downloads_need_their_right(guarded, keys, published):
    _, plain = keys.create("plain", now=NOW)
    _, full = keys.create("full", now=NOW, rights=("download",))
    path = f"/v1/download/priority/{read_manifest(published).dates[-1]}/night.tif"
    assert guarded.get(path, headers={"X-API-Key": plain}).status_code == 403
    assert guarded.get(path, headers={"X-API-Key": full}).status_code == 200

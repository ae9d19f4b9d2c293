"""Health, metrics, administration, other origins, limits of work, and where settings come from."""

import asyncio
import datetime as dt
import threading

import pytest
from prometheus_client.parser import text_string_to_metric_families

from evenbeat.core.errors import ConfigError
from evenbeat.tile_server.access.keys import KeyFile
from evenbeat.tile_server.access.rates import Rates
from evenbeat.tile_server.answering.refusals import RefusalError
from evenbeat.tile_server.answering.workers import Workers
from evenbeat.tile_server.operations.board import Board
from evenbeat.tile_server.operations.connections import Limits
from evenbeat.tile_server.operations.source import SettingsSource

NOW = dt.datetime.now(dt.UTC)
HOUR = dt.timedelta(hours=1)
TILE = "/v1/tiles/priority/latest/day/heat/9/131/190.png"
STATISTICS = "/v1/tiles/priority/latest/day/statistics"
TOKEN = "a-token-for-metrics"
PAGE = "https://maps.example.org"


def samples(text):
    return {
        (sample.name, *sorted(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }  # fmt: skip


def test_health__alive_even_when_nothing_is_published(tmp_path, connect):
    client = connect(tmp_path)
    assert client.get("/healthz").json() == {"status": "ok"}
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["reason"] == "unreadable-publication"
    assert str(tmp_path) not in answer.text


def test_ready__tells_the_age_and_fails_where_it_is_too_old(published, connect):
    before = dt.datetime.now(dt.UTC)
    told = connect(published).get("/readyz").json()
    after = dt.datetime.now(dt.UTC)
    assert (told["status"], told["dates"], told["newest_date"]) == ("ready", 2, "2017-01-03")
    written = dt.datetime.fromisoformat(told["as_of"])
    hours = (after - written) / HOUR
    assert (before - written) / HOUR - 0.01 <= told["age_hours"] <= hours + 0.01
    late = connect(published, ready_within_hours=hours - 1).get("/readyz")
    assert (late.status_code, late.json()["reason"]) == (503, "old-publication")
    assert connect(published, ready_within_hours=hours + 1).get("/readyz").status_code == 200


def test_metrics__only_to_their_token(published, connect):
    assert connect(published).get("/metrics").status_code == 404
    client = connect(published, metrics_token=TOKEN)
    for sent in ("", "Bearer", f"Bearer {TOKEN}x", f"Basic {TOKEN}", TOKEN):
        assert client.get("/metrics", headers={"Authorization": sent}).status_code == 401
    answer = client.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"})
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/plain; version=")


def test_metrics__count_what_was_asked(published, connect, tmp_path):
    keys = KeyFile(tmp_path / "keys.json")
    _, token = keys.create("a", now=NOW)
    client = connect(published, keys_file=keys.path, metrics_token=TOKEN)
    size = sum(len(client.get(TILE, headers={"X-API-Key": token}).content) for _ in range(3))
    client.get(TILE, headers={"X-API-Key": "wrong"})
    client.get(TILE)
    client.get("/v1/layers", headers={"Host": "evil.example"})
    text = client.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"}).text
    found = samples(text)
    tile = (("route", "tile"), ("status", "200"))
    assert found["evenbeat_requests_total", *tile] == 3
    assert found["evenbeat_response_bytes_total", *tile] == size
    assert found["evenbeat_requests_total", ("route", "tile"), ("status", "401")] == 2
    assert found["evenbeat_request_seconds_count", ("route", "tile")] == 5
    assert found["evenbeat_request_seconds_bucket", ("le", "+Inf"), ("route", "tile")] == 5
    refused = {key[1][1]: value for key, value in found.items() if "refused_total" in key[0]}
    assert {name for name, value in refused.items() if value} == {"key", "none", "host"}
    assert token not in text


def test_board__rows_of_ended_workers_are_taken_over_with_their_counts(tmp_path, monkeypatch):
    path = tmp_path / "board"
    monkeypatch.setattr("evenbeat.tile_server.operations.board.os.getpid", lambda: 2**22 + 1)
    first = Board(path)  # of a process that does not run
    first.count("tile", 200, 100, 0.002)
    first.show(archives=7)
    monkeypatch.undo()
    second = Board(path)
    second.count("tile", 200, 50, 0.002)
    second.count("tile", 299, 1, 100.0)
    reader = Board(path, writes=False)
    assert list(reader.requests()) == [("tile", "200", 2, 150), ("tile", "other", 1, 1)]
    ((kind, numbers, total),) = reader.seconds()
    assert (kind, sum(numbers), numbers[-1]) == ("tile", 3, 1)
    assert total == pytest.approx(100.004)
    assert len(reader.workers()) == 1


def test_rates__one_table_for_all_who_map_it(tmp_path):
    one, other = Rates(tmp_path / "rates"), Rates(tmp_path / "rates")
    taken = [(one, other)[turn % 2].seconds_to_wait("a", 4, 100.0) for turn in range(5)]
    assert taken == [0, 0, 0, 0, 15]
    assert other.is_empty("a", 4, 100.0)
    assert not one.is_empty("a", 4, 115.0)
    one.keep("known", 200.0, 100.0)
    assert other.keeps("known", 199.0)
    assert not other.keeps("known", 201.0)


def test_rates__hold_many_names_and_then_give_up_full_buckets():
    rates = Rates()
    for number in range(100_000):
        assert rates.seconds_to_wait(f"name {number}", 60, 100.0 + number) == 0
    assert rates.seconds_to_wait("name 99999", 60, 100_099.0) == 0


def test_admin__needs_its_right_and_a_key_that_is_not_in_the_address(published, connect, tmp_path):
    keys = KeyFile(tmp_path / "keys.json")
    record, admin = keys.create("admin", now=NOW, rights=("admin",), layers=("risk-*",))
    _, plain = keys.create("plain", now=NOW, rights=("download", "assignments"))
    client = connect(published, keys_file=keys.path, public_layers=("*",))
    told = client.get("/admin/whoami", headers={"X-API-Key": admin}).json()
    assert (told["who"], told["layers"], told["rights"]) == (record.id, ["risk-*"], ["admin"])
    state = client.get("/admin/state", headers={"X-API-Key": admin}).json()
    assert state["here"]["publication"]["dates"] == 2
    assert state["here"]["work"] == {"running": 0, "waiting": 0}
    for path in ("/admin/whoami", "/admin/state"):
        assert client.get(path, headers={"X-API-Key": plain}).status_code == 403
        assert client.get(path, params={"key": admin}).status_code == 403
        assert client.get(path).status_code == 403
        assert connect(published).get(path).status_code == 403
    assert client.post("/admin/reload", headers={"X-API-Key": admin}).status_code == 503


def test_origins__any_page_may_read_and_is_told_of_tags(client):
    for path in (TILE, "/v1/layers", "/v1/nothing", "/healthz"):
        answer = client.get(path)
        assert answer.headers["access-control-allow-origin"] == "*"
        assert "ETag" in answer.headers["access-control-expose-headers"]
        assert "access-control-allow-credentials" not in answer.headers


def test_origins__of_a_list_only_those(published, connect):
    client = connect(published, cors_origins=(PAGE,))
    for origin, allowed in ((PAGE, PAGE), ("https://evil.example", None), ("null", None),
                            (PAGE + ".evil.example", None), (None, None)):  # fmt: skip
        headers = {} if origin is None else {"Origin": origin}
        for path in (TILE, "/v1/layers"):
            answer = client.get(path, headers=headers)
            assert answer.headers.get("access-control-allow-origin") == allowed
            assert "Origin" in answer.headers["vary"]


@pytest.mark.parametrize("path", [TILE, STATISTICS, "/v1/layers"])
def test_preflight__is_answered_without_a_key(published, connect, tmp_path, path):
    KeyFile(tmp_path / "keys.json").create("somebody", now=NOW)
    client = connect(published, keys_file=tmp_path / "keys.json")
    answer = client.options(path, headers={
        "Origin": PAGE, "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "content-type, x-api-key",
    })  # fmt: skip
    assert (answer.status_code, answer.content) == (204, b"")
    assert answer.headers["access-control-allow-origin"] == "*"
    assert "POST" in answer.headers["access-control-allow-methods"]
    allowed = answer.headers["access-control-allow-headers"].lower()
    assert {"content-type", "x-api-key", "authorization"} <= set(allowed.split(", "))
    assert "access-control-allow-credentials" not in answer.headers


def test_methods__that_do_nothing_say_which_do(client):
    answer = client.delete("/v1/layers")
    assert (answer.status_code, answer.headers["allow"]) == (405, "GET")


def test_public_rate__is_of_each_address(published, connect):
    client = connect(published, public_rate_per_minute=3)
    found = [client.get(TILE).status_code for _ in range(5)]
    assert found == [200] * 3 + [429] * 2
    assert client.get("/healthz").status_code == 200


def test_work__that_takes_too_long_is_503_and_keeps_its_place_until_it_is_done():
    begun, leave = threading.Event(), threading.Event()

    def slow():
        begun.set()
        assert leave.wait(30)
        return "late"

    async def scene():
        workers = Workers(1, waiting=1, seconds=0.05)
        with pytest.raises(RefusalError, match=r"longer than 0\.05 seconds"):
            await workers.run(slow)
        assert begun.is_set()
        assert workers.running == 1
        with pytest.raises(RefusalError, match="longer"):
            await workers.run(lambda: "waits for the one that hangs")
        first = asyncio.create_task(workers.run(lambda: "a"))
        await asyncio.sleep(0)
        with pytest.raises(RefusalError, match="Too many"):
            await workers.run(lambda: "b")
        with pytest.raises(RefusalError):
            await first
        leave.set()
        while workers.running:
            await asyncio.sleep(0.001)
        return await workers.run(lambda: "done")

    assert asyncio.run(scene()) == "done"


def test_work__a_refusal_has_retry_after(published, connect):
    client = connect(published, work_seconds=1e-9)
    ring = [[-87.7, 41.7], [-87.7, 41.9], [-87.5, 41.9], [-87.5, 41.7], [-87.7, 41.7]]
    answer = client.post(STATISTICS, json={"type": "Polygon", "coordinates": [ring]})
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")


def test_source__command_line_then_file_then_environment(tmp_path, monkeypatch):
    file = tmp_path / "service.env"
    file.write_text("EVENBEAT_PORT=2\nEVENBEAT_FRESH_SECONDS=2\nEVENBEAT_PUBLICATION=in-file\n")
    for name in ("PORT", "FRESH_SECONDS", "MAXIMUM_ZOOM"):
        monkeypatch.setenv(f"EVENBEAT_{name}", "17")
    source = SettingsSource({"port": 1}, None, {"styles": tmp_path})
    assert (source.read().port, source.read().fresh_seconds) == (1, 17)
    source = SettingsSource({"port": 1}, file, {"publication": tmp_path, "styles": tmp_path})
    read = source.read()
    assert (read.port, read.maximum_zoom, read.publication.name) == (1, 17, "in-file")
    assert read.styles == tmp_path


@pytest.mark.parametrize(("line", "told"), [
    ("EVENBEAT_PORT=x", "EVENBEAT_PORT"), ("EVENBEAT_OIDC_GRANTS={", "oidc_grants"),
    ("EVENBEAT_ROOT_PATH=//evil", "EVENBEAT_ROOT_PATH"),
    ("EVENBEAT_OIDC_ISSUER=http://login.example.org", "EVENBEAT_OIDC_ISSUER"),
])  # fmt: skip
def test_source__what_cannot_be_used_is_named(tmp_path, line, told):
    file = tmp_path / "service.env"
    file.write_text(line + "\n")
    with pytest.raises(ConfigError, match=told):
        SettingsSource({}, file).read()
    with pytest.raises(ConfigError, match="no file of settings"):
        SettingsSource({}, tmp_path / "nothing.env").read()


def test_limits__proxies_by_network():
    limits = Limits(trusted=("127.0.0.1", "10.1.0.0/16", "fd00::/8"))
    assert all(map(limits.trusts, ("127.0.0.1", "10.1.9.9", "fd00::1")))
    assert not any(map(limits.trusts, ("127.0.0.2", "10.2.0.1", "", "evil")))

"""The service as processes: workers, reload, replacement, and an end without a torn answer."""

import datetime as dt
import os
import re
import signal
import socket
from pathlib import Path

import httpx
import pytest
from served_process import Hammer, served, until

from evenbeat.tile_server.access.keys import KeyFile

TILE = "/v1/tiles/priority/latest/day/heat/9/131/190.png"
PATHS = [TILE, "/v1/layers", "/v1/tiles/priority/latest/day/heat/tilejson.json"]
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def two_workers(published, tmp_path_factory):
    """Two workers that ask for keys, with metrics; their settings stand in a file."""
    folder = tmp_path_factory.mktemp("two")
    now = dt.datetime.now(dt.UTC)
    _, admin = KeyFile(folder / "keys.json").create("admin", now=now, rights=("admin",))
    settings = folder / "service.env"
    settings.write_text("EVENBEAT_FRESH_SECONDS=11\n")
    with served(published, "--workers", 2, "--metrics-port", 0, "--settings", settings,
                keys_file=folder / "keys.json") as service:  # fmt: skip
        until(lambda: len(service.workers()) == 2)
        service.settings, service.keys = settings, KeyFile(folder / "keys.json")
        service.admin = {"X-API-Key": admin}
        until(lambda: len(state(service)["workers"]) == 2)
        yield service


def state(service):
    return service.get("/admin/state", headers=service.admin).json()


def freshness(service):
    return service.get("/v1/layers", headers=service.admin).headers["cache-control"]


def both_reloaded(service, expected):
    """Each request may meet either worker, so many must agree."""
    return all(freshness(service) == expected for _ in range(20))


def test_reload__under_load_takes_settings_and_loses_no_request(two_workers):
    with Hammer(two_workers, PATHS, headers=two_workers.admin) as hammer:
        for seconds in (22, 33, 44):
            two_workers.settings.write_text(f"EVENBEAT_FRESH_SECONDS={seconds}\n")
            two_workers.signal(signal.SIGHUP)
            until(lambda: both_reloaded(two_workers, f"private, max-age={seconds}"))  # noqa: B023
    assert hammer.faults == []
    assert hammer.answers > 50


def test_reload__settings_that_cannot_be_used_leave_the_former_ones(two_workers):
    before, complaints = freshness(two_workers), two_workers.errors.read_text()
    two_workers.settings.write_text("EVENBEAT_FRESH_SECONDS=-1\n")
    two_workers.signal(signal.SIGHUP)
    told = until(lambda: "former settings" in two_workers.errors.read_text()[len(complaints) :])
    assert told
    assert "EVENBEAT_FRESH_SECONDS" in two_workers.errors.read_text()
    assert freshness(two_workers) == before
    two_workers.settings.write_text("EVENBEAT_FRESH_SECONDS=44\n")


def test_reload__by_an_admin_key_and_by_no_other(two_workers):
    _, plain = two_workers.keys.create("plain", now=dt.datetime.now(dt.UTC))
    two_workers.settings.write_text("EVENBEAT_FRESH_SECONDS=55\n")
    assert _reload(two_workers, {"X-API-Key": plain}).status_code == 403
    assert _reload(two_workers, {}).status_code == 401
    assert _reload(two_workers, two_workers.admin).status_code == 202
    until(lambda: both_reloaded(two_workers, "private, max-age=55"))


def _reload(service, headers):
    return httpx.post(f"{service.address}/admin/reload", headers=headers)


def test_worker__one_that_is_killed_is_replaced_and_its_counts_stay(two_workers):
    def counted():
        text = httpx.get(two_workers.metrics).text
        found = re.search(r'evenbeat_requests_total\{route="tile",status="200"\} ([\d.]+)', text)
        return float(found.group(1)) if found else 0.0

    begin = counted()
    for _ in range(30):
        assert two_workers.get(TILE, headers=two_workers.admin).status_code == 200
    assert counted() == begin + 30
    killed = two_workers.workers()[0]
    os.kill(killed, signal.SIGKILL)

    def is_replaced():
        known = {worker["pid"] for worker in state(two_workers)["workers"]}
        return len(known) == 2 and killed not in known

    until(is_replaced)
    assert counted() == begin + 30


def test_rate__is_one_for_all_workers(two_workers):
    _, token = two_workers.keys.create("few", now=dt.datetime.now(dt.UTC), rate_per_minute=10)
    found = [
        two_workers.get(TILE, headers={"X-API-Key": token}).status_code for _ in range(40)
    ]  # fmt: skip
    # A connection each, so both workers take part; two buckets would let 20 through.
    assert found.count(200) in (10, 11)
    assert found.count(429) == 40 - found.count(200)


def test_replace__new_workers_take_the_place_of_old_ones_and_refuse_nobody(two_workers):
    former = set(two_workers.workers())
    # Every request on a connection of its own: idle ones of a worker that ends are closed.
    with Hammer(two_workers, PATHS, headers=two_workers.admin, reconnect_every=1) as hammer:
        two_workers.signal(signal.SIGUSR1)
        until(lambda: len(two_workers.workers()) == 2 and not former & set(two_workers.workers()))
    assert hammer.faults == []
    assert hammer.answers > 20


def test_end__a_request_under_way_is_answered_and_nothing_stays(published):
    with served(published, "--workers", 1) as service:
        body = b'{"type": "Polygon", "coordinates": []}'
        with socket.create_connection(("127.0.0.1", service.port)) as client:
            client.sendall(
                b"POST /v1/tiles/priority/latest/day/statistics HTTP/1.1\r\n"
                b"Host: 127.0.0.1\r\nContent-Length: %d\r\n\r\n" % len(body)
            )
            client.sendall(body[:5])
            until(lambda: service.get("/healthz").status_code == 200)
            service.signal(signal.SIGTERM)
            client.sendall(body[5:])
            answer = client.makefile("rb").read()
        assert answer.startswith(b"HTTP/1.1 422 ")
        assert service.process.wait(timeout=30) in (0, -signal.SIGTERM)
        assert "Traceback" not in service.errors.read_text()


def test_supervisor__when_it_is_killed_its_workers_end(published):
    with served(published, "--workers", 2) as service:
        workers = until(lambda: len(service.workers()) == 2 and service.workers())
        service.process.kill()
        service.process.wait()
        until(lambda: not any(_lives(pid) for pid in workers))


def _lives(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def test_root_path__links_and_page_stand_below_the_prefix(published):
    with served(published, "--root-path", "/evenbeat") as service:
        assert service.address.endswith("/evenbeat")
        document = service.get("/v1/tiles/priority/latest/day/heat/tilejson.json").json()
        (tiles,) = document["tiles"]
        assert tiles.startswith(f"{service.address}/v1/tiles/priority/v/")
        page = service.get("/map").text
        for address in re.findall(r'(?:src|href)="([^"#]+)"', page):
            assert not address.startswith("/"), address
            assert service.get(f"/{address}").status_code == 200, address
        front = service.get("/")
        assert front.headers["location"] == "/evenbeat/map"
        # A proxy may also strip the prefix before it asks.
        assert httpx.get(f"http://127.0.0.1:{service.port}/v1/layers").status_code == 200

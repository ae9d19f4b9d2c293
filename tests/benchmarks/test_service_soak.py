"""The tile service for a minute: 64 connections, a publication and a revoked key in the middle."""

import datetime as dt
import statistics
import time

import mercantile
import published_city as city
import pytest
from served_process import served
from service_soak import LATITUDE, LONGITUDE, faults, memory_mb, run_soak

from evenbeat.core.store.manifest import read_manifest
from evenbeat.core.store.publication import publish_day

pytestmark = [pytest.mark.benchmark, pytest.mark.timeout(3600)]
CRIME_TYPES = tuple(f"type_{number}" for number in range(7))  # and the layer of priority
DAYS = 30


def test_soak__a_minute(table, tmp_path):
    soak = run_soak(tmp_path, seconds=60.0, connections=64)
    seen, found = soak.seen, faults(soak)
    job = "1 worker, 64 connections, a minute of mixed load with keys"
    table.add_limit(f"{job}: errors, torn, stale, let in", len(found), "", at_most=0)
    table.add_limit("  p99", soak.wait_ms(0.99), "ms", at_most=100)
    growth = 100 * (soak.end_mb / soak.warm_mb - 1)
    table.add_limit(
        f"  growth of memory from {soak.warm_mb:.0f} MB", growth, "%", at_most=5
    )  # fmt: skip
    answers = len(seen["waits"])
    table.add_note("  answers", f"{answers:,} in {seen['seconds']:.0f} s, p50 "
                   f"{soak.wait_ms(0.5):.1f} ms, p95 {soak.wait_ms(0.95):.1f} ms")  # fmt: skip
    table.add_note("  CPU for one answer: the service, the load",
                   f"{1000 * soak.server_cpu_s / answers:.2f} ms, "
                   f"{1000 * seen['cpu_s'] / answers:.2f} ms")  # fmt: skip
    assert found == []


def test_memory__of_a_month(table, tmp_path_factory):
    """Every raster of 30 days, 8 layers and 3 shifts is asked for, on four zooms."""
    folder = tmp_path_factory.mktemp("month")
    for day in range(DAYS):
        publish_day(folder, **city.arguments(
            date=city.DATE + dt.timedelta(days=day), run_id=f"run-{day}", seed=day,
            crime_types=CRIME_TYPES,
        ))  # fmt: skip
    layers = read_manifest(folder).layers
    rasters = [(layer, date, shift) for layer, found in layers.items()
               for date, shifts in found.dates.items() for shift in shifts]  # fmt: skip
    assert len(rasters) == DAYS * 8 * 3
    starts = []
    for _ in range(3):
        begin = time.perf_counter()
        with served(folder) as service:
            tile = mercantile.tile(LONGITUDE, LATITUDE, 12)
            latest = f"/v1/tiles/priority/latest/day/heat/12/{tile.x}/{tile.y}.png"
            assert service.get(latest).content.startswith(b"\x89PNG")
            starts.append(time.perf_counter() - begin)
    with served(folder) as service:
        worker = (service.workers() or [service.process.pid])[0]
        fresh = memory_mb(worker)
        for layer, date, shift in rasters:
            for zoom in (9, 11, 13, 14):
                tile = mercantile.tile(LONGITUDE, LATITUDE, zoom)
                path = f"/v1/tiles/{layer}/{date}/{shift}/heat/{zoom}/{tile.x}/{tile.y}.png"
                assert service.get(path).status_code == 200
        table.add_limit(f"memory of a worker, tiles of {len(rasters)} rasters asked for",
                        memory_mb(worker), "MB", at_most=400)  # fmt: skip
    table.add_note("  the same before the first tile", f"{fresh:.0f} MB")
    table.add_limit("from the command to the first tile", statistics.median(starts), "s",
                    at_most=2.5)  # fmt: skip

"""Ingest of the real exports against its bars: 30 s and 2 GB on two cores."""

import json
import sys
from pathlib import Path

import pytest

from tests.benchmarks.interleave import measure_process

SECONDS, MEGABYTES = 30, 2000


@pytest.mark.benchmark
@pytest.mark.real_data
def test_ingest__three_portal_exports(real_data, table):
    script = Path(__file__).with_name("bench_ingest.py")
    usage = measure_process([sys.executable, script, real_data])
    taken = json.loads(usage.stdout)
    steps = ", ".join(f"{step} {taken[step]:.1f} s" for step in ("read", "understand", "merge"))
    rows = f"{taken['rows_in']:,} rows, {taken['rows_kept']:,} kept"
    assert taken["rows_in"] == 807_942
    table.add_limit("ingest of the portal exports, wall", usage.wall_s, "s", at_most=SECONDS)
    table.add_limit("ingest of the portal exports, peak", usage.peak_mb, "MB", at_most=MEGABYTES)
    table.add_note(f"ingest of {rows}", f"{steps}; CPU {usage.cpu_s:.1f} s")

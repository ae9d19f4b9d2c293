"""Some seconds of mixed load with a publication and a revoked key; the minute is a benchmark."""

import pytest
from service_soak import faults, run_soak

pytestmark = pytest.mark.slow


def test_soak__no_error_and_nothing_torn_stale_or_let_in(tmp_path):
    soak = run_soak(tmp_path, seconds=6.0, connections=16)
    assert faults(soak) == []
    counts = soak.seen["counts"]
    for kind in ("tile 200", "known 304", "wmts 200", "tilejson 200", "legend 200", "point 200"):
        assert counts.get(kind, 0) > 0, counts
    assert any("401" in kind for kind in counts)
    versions = {place.rsplit(" ", 1)[1] for place in soak.seen["asked"] if " latest " in place}
    assert {cells.version for cells in soak.after.values()} <= versions

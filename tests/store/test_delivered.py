"""Minutes delivered as arrays: those of the table, kept, and read again when it changes."""

import datetime as dt

import numpy as np
import pandas as pd
import pytest

from evenbeat.core.store.delivered import read_delivered
from evenbeat.core.store.tables import SnapshotTable


@pytest.fixture
def table(tmp_path):
    return SnapshotTable(tmp_path / "dosage", "service_date")


def rows(*days, minutes=1.0):
    return pd.DataFrame({
        "service_date": pd.to_datetime(list(days)).as_unit("us"),
        "row": np.arange(len(days), dtype=np.int32), "column": np.int32(3),
        "minutes": np.float32(minutes),
    })  # fmt: skip


def test_read_delivered__is_the_table_kept_as_arrays(table):
    assert read_delivered(table) is None
    table.write(rows("2022-12-31", "2023-01-01", "2023-01-02"))
    for _ in range(2):  # from the table, then from what was kept
        found = read_delivered(table)
        assert found.day.tolist() == [dt.date(2022, 12, 31), dt.date(2023, 1, 1),
                                      dt.date(2023, 1, 2)]  # fmt: skip
        assert found.row.tolist() == [0, 1, 2]
        assert (table.folder / "arrays.npz").is_file()
    near = found.between(dt.date(2023, 1, 1), dt.date(2023, 1, 1))
    assert (near.row.tolist(), len(near)) == ([1], 1)


def test_read_delivered__another_version_or_a_damaged_file_is_made_anew(table):
    table.write(rows("2023-01-01"))
    read_delivered(table)
    table.write(rows("2023-01-01", minutes=7.0))
    assert read_delivered(table).minutes.tolist() == [7.0]
    kept = table.folder / "arrays.npz"
    kept.write_bytes(kept.read_bytes()[:-40])
    assert read_delivered(table).minutes.tolist() == [7.0]

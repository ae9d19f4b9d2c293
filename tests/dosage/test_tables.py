"""Declared tables: all columns, in their order and types, and no others."""

import numpy as np
import pandas as pd
import pytest

from evenbeat.core.dosage.tables import DECLARED_TABLES, DELIVERED, OFFICERS, OUTCOMES, Column
from evenbeat.core.dosage.tables import PatrolTable as Table
from evenbeat.core.errors import InputError

SMALL = Table("small", "", (
    Column("name", "text", "a name"), Column("minutes", "real", "time"),
    Column("visits", "count", "number"), Column("committed", "flag", "whether"),
))  # fmt: skip
ROW = {"name": "a", "minutes": 1, "visits": 2.0, "committed": 0}


def test_frame__has_the_declared_types_also_without_rows():
    kinds = {"name": "O", "minutes": "f", "visits": "i", "committed": "b"}
    for rows in ([ROW], []):
        made = SMALL.frame(rows)
        assert list(made.columns) == list(kinds)
        found = {name: made[name].dtype.kind for name in kinds}
        assert found == kinds
        assert len(made) == len(rows)
    assert SMALL.frame([dict(reversed(ROW.items()))]).equals(SMALL.frame([ROW]))


@pytest.mark.parametrize("row", [{**ROW, "more": 1}, {"name": "a"}])
def test_frame__refuses_rows_of_another_table(row):
    with pytest.raises(InputError, match="small must have"):
        SMALL.frame([ROW, row])


def test_typed__drops_what_is_not_declared_and_names_what_is_missing():
    table = pd.DataFrame([{**ROW, "more": 1}], index=[7])
    assert list(SMALL.typed(table).columns) == ["name", "minutes", "visits", "committed"]
    assert SMALL.typed(table).index.tolist() == [0]
    with pytest.raises(InputError, match=r"small lacks visits, committed"):
        SMALL.typed(table[["name", "minutes"]])


@pytest.mark.parametrize("name", sorted(DECLARED_TABLES))
def test_declared_tables__say_what_every_column_means(name):
    declared = DECLARED_TABLES[name]
    names = [column.name for column in declared.columns]
    assert declared.name == name
    assert len(set(names)) == len(names)
    assert all(column.meaning for column in declared.columns)
    assert {"service_date", "shift"} <= set(names)
    assert declared.frame([]).empty


def test_declared_tables__officers_stand_in_one_table_alone():
    holding = [name for name, table in DECLARED_TABLES.items()
               if any(column.name == "officer" for column in table.columns)]  # fmt: skip
    assert holding == [OFFICERS.name]


def test_delivered__unknown_times_stay_unknown():
    row = {column.name: "" if column.kind == "text" else 0 for column in DELIVERED.columns}
    made = DELIVERED.frame([{**row, "first_arrive_s": np.nan, "outcome": OUTCOMES[2]}])
    assert np.isnan(made.loc[0, "first_arrive_s"])

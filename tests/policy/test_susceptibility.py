"""The gate: what is mostly recorded by arrests trains nothing."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evenbeat.core.errors import PolicyError
from evenbeat.core.policy.source_kinds import SOURCE_KIND_WEIGHTS, source_kind_of, source_weight
from evenbeat.core.policy.susceptibility import LIMIT, MINIMUM_ROWS, SusceptibilityGate


def test_count__known_rows_of_each_class():
    classes = pd.Series(["robbery", "robbery", "theft", None, "robbery"])
    flagged = np.array([True, False, True, True, True])
    known = np.array([True, True, True, True, False])
    gate = SusceptibilityGate.count(classes, flagged, known)
    assert dict(gate.counts) == {"robbery": (2, 1), "theft": (1, 1)}
    assert gate.share("robbery") == 0.5
    assert gate.share("homicide") is None


@pytest.mark.parametrize(
    ("rows", "flagged", "refused", "undecided"),
    [
        (1000, 501, True, False),
        (1000, 500, False, False),
        (MINIMUM_ROWS, MINIMUM_ROWS // 2 + 1, True, False),
        (MINIMUM_ROWS - 1, MINIMUM_ROWS - 1, False, True),
        (MINIMUM_ROWS - 1, 0, False, False),
        (0, 0, False, False),
    ],
)
def test_refused__above_the_limit_on_enough_rows(rows, flagged, refused, undecided):
    gate = SusceptibilityGate({"theft": (rows, flagged)})
    assert (gate.refused == ("theft",)) is refused
    assert (gate.undecided == ("theft",)) is undecided


def test_require_trainable__says_how_many():
    gate = SusceptibilityGate({"theft": (100, 60), "robbery": (100, 8)})
    assert gate.require_trainable(["robbery", "homicide"]) == ("robbery", "homicide")
    with pytest.raises(PolicyError, match=r"60 of its 100 rows \(60%\)"):
        gate.require_trainable(["robbery", "theft"])


def test_with_codes__each_code_of_a_row_counts_under_its_type():
    types = pd.Series(["theft", "theft", "robbery", None])
    codes = pd.Series(["0860", "0820| 0860", "0320", "2024"])
    flagged, known = np.array([True, False, True, True]), np.ones(4, bool)
    gate = SusceptibilityGate().with_codes(types, codes, flagged, known)
    assert dict(gate.codes) == {
        "robbery 0320": (1, 1), "theft 0820": (1, 0), "theft 0860": (2, 1),
    }  # fmt: skip
    assert gate.plus(gate).codes["theft 0860"] == (4, 2)


def test_may_train__refused_type_or_only_refused_codes():
    gate = SusceptibilityGate(
        {"arson": (100, 60)}, {"theft 0860": (100, 51), "theft 0870": (MINIMUM_ROWS - 1, 49)}
    )
    assert gate.refused_codes == ("theft 0860",)
    assert not gate.may_train("arson", "1010")
    assert not gate.may_train("theft", "0860")
    assert gate.may_train("theft", "0860|0820")
    assert gate.may_train("theft", "0870")
    assert gate.may_train("robbery", "0860")
    assert gate.may_train("theft", "")
    assert gate.trainable(["arson", "theft"]) == ("theft",)


@given(st.lists(st.tuples(st.sampled_from("abc"), st.booleans(), st.booleans()), max_size=60),
       st.integers(0, 60))  # fmt: skip
def test_plus__parts_add_up_to_the_whole(rows, cut):
    def gate_of(part):
        classes = pd.Series([name for name, _, _ in part], dtype="str")
        flagged = np.array([flag for _, flag, _ in part], bool)
        known = np.array([says for _, _, says in part], bool)
        return SusceptibilityGate.count(classes, flagged, known)

    assert gate_of(rows[:cut]).plus(gate_of(rows[cut:])).counts == gate_of(rows).counts


def test_source_kinds__discovered_weighs_nothing():
    assert dict(SOURCE_KIND_WEIGHTS) == {"reported": 1.0, "discovered": 0.0, "sensor": 1.0}
    assert source_kind_of("Officer-Initiated") == "discovered"
    assert source_kind_of("ShotSpotter") == "sensor"
    assert source_kind_of("whatever") is None
    assert source_weight("discovered") == 0
    with pytest.raises(PolicyError, match="source_kind must be one of"):
        source_weight("rumour")
    assert LIMIT == 0.5

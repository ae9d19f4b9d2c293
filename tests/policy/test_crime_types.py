"""Which crimes may be modelled, and what class codes mean."""

import pandas as pd
import pytest

from evenbeat.core.config import ModelSettings
from evenbeat.core.errors import InputError, PolicyError
from evenbeat.core.policy.class_codes import SPELLINGS, shipped_meanings
from evenbeat.core.policy.crime_types import (
    SYSTEMS,
    CrimeTypeTable,
    crime_types,
    refused_group_of,
    refused_groups,
    require_modelled,
)

ALLOWED = {
    "gunfire", "homicide", "rape", "aggravated_assault", "robbery", "burglary",
    "motor_vehicle_theft", "theft", "arson",
}  # fmt: skip
NEVER = (
    "drugs", "narcotics", "weapons", "prostitution", "gambling", "disorder", "simple_assault",
    "Simple Assault", "vandalism", "trespass", "loitering", "fraud", "warrants", "traffic",
    "ROBBERY", "robbery ", "anything", "", "race",
)  # fmt: skip


@pytest.fixture(scope="module")
def table():
    return CrimeTypeTable.load()


def test_crime_types__are_the_allow_list():
    assert set(crime_types()) == ALLOWED
    default = {kind.id for kind in crime_types().values() if kind.modelled_by_default}
    assert default == set(ModelSettings().crime_types)


def test_crime_types__homicide_is_the_most_serious():
    ranks = [kind.severity_rank for kind in crime_types().values()]
    assert ranks == list(range(1, 10))
    assert next(iter(crime_types())) == "homicide"


@pytest.mark.parametrize("name", sorted(ALLOWED))
def test_require_modelled__allows(name):
    assert require_modelled([name]) == (name,)


@pytest.mark.parametrize("name", NEVER)
def test_require_modelled__refuses_everything_else(name):
    with pytest.raises(PolicyError) as refusal:
        require_modelled(["robbery", name])
    message = str(refusal.value)
    assert repr(name) in message
    assert "Evenbeat models" in message
    assert "Remove" in message


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("drugs", "police who look for it"),
        ("weapons", "searches"),
        ("prostitution", "police operations"),
        ("gambling", "police operations"),
        ("disorder", "nuisance"),
        ("simple_assault", "misdemeanour"),
    ],
)
def test_require_modelled__refuses_by_name_with_a_reason(name, reason):
    with pytest.raises(PolicyError, match=reason):
        require_modelled([name])


def test_tables__every_code_has_one_meaning_and_only_listed_ones():
    for system, meanings in shipped_meanings().items():
        assert len(meanings) > 20, system
        for code, meaning in meanings.items():
            assert bool(meaning.crime_type) != bool(meaning.group), (system, code)
            assert meaning.crime_type is None or meaning.crime_type in ALLOWED
            assert meaning.group is None or meaning.group in refused_groups()


def test_tables__no_code_is_listed_twice():
    from evenbeat.core.policy.shipped import read_policy_table

    for system, spell in SPELLINGS.items():
        codes = [spell(row["code"]) for row in read_policy_table(f"class_codes_{system}.csv")]
        assert len(codes) == len(set(codes)), system


@pytest.mark.parametrize(
    ("system", "code", "crime_type"),
    [
        ("nibrs", "09A", "homicide"), ("nibrs", "9A", "homicide"), ("nibrs", "11B", "rape"),
        ("nibrs", "120", "robbery"), ("nibrs", "120.0", "robbery"),
        ("nibrs", "13a", "aggravated_assault"), ("nibrs", "220", "burglary"),
        ("nibrs", "23H", "theft"), ("nibrs", "240", "motor_vehicle_theft"),
        ("nibrs", "200", "arson"),
        ("fbi", "01A", "homicide"), ("fbi", "2", "rape"), ("fbi", "03", "robbery"),
        ("fbi", "04A", "aggravated_assault"), ("fbi", "4B", "aggravated_assault"),
        ("fbi", "05", "burglary"), ("fbi", "06", "theft"), ("fbi", "07", "motor_vehicle_theft"),
        ("fbi", "09", "arson"),
        ("ucr", "3", "robbery"), ("ucr", "03", "robbery"), ("ucr", "311", "robbery"),
        ("ucr", "UCR 600", "theft"), ("ucr", "4A", "aggravated_assault"),
        ("chicago_iucr", "0110", "homicide"), ("chicago_iucr", "110", "homicide"),
        ("chicago_iucr", "031A", "robbery"), ("chicago_iucr", "0325", "robbery"),
        ("chicago_iucr", "0486", None), ("chicago_iucr", "0479", "aggravated_assault"),
        ("words", "Larceny/Theft", "theft"), ("words", "Break and Enter Commercial", "burglary"),
        ("nibrs", "Robbery", "robbery"),
    ],
)  # fmt: skip
def test_meaning__of_modelled_codes(table, system, code, crime_type):
    assert table.meaning(system, code).crime_type == crime_type


@pytest.mark.parametrize(
    ("system", "code", "group"),
    [
        ("nibrs", "35A", "narcotics"), ("nibrs", "520", "weapons"),
        ("nibrs", "40A", "prostitution"),
        ("nibrs", "39A", "gambling"), ("nibrs", "13B", "simple_assault"),
        ("nibrs", "90C", "disorder"),
        ("fbi", "08A", "simple_assault"), ("fbi", "18", "narcotics"), ("fbi", "24", "disorder"),
        ("fbi", "01B", "negligent_manslaughter"), ("ucr", "8", "simple_assault"),
        ("ucr", "4E", "simple_assault"), ("chicago_iucr", "0460", "simple_assault"),
        ("chicago_iucr", "2024", "narcotics"), ("chicago_iucr", "0841", "fraud"),
        ("words", "Assault", "unspecified_assault"), ("words", "Drug/Narcotic", "narcotics"),
    ],
)  # fmt: skip
def test_meaning__of_refused_codes(table, system, code, group):
    assert table.meaning(system, code).crime_type is None
    assert table.meaning(system, code).group == group


@pytest.mark.parametrize("system", SYSTEMS)
@pytest.mark.parametrize("code", ["", "ZZZ", "99Z", "John Smith", "black", "M", "1975-01-02"])
def test_meaning__unknown_codes_mean_nothing(table, system, code):
    assert table.meaning(system, code) is None


def test_meaning__unknown_scheme(table):
    with pytest.raises(InputError, match="class_system must be 'auto' or one of"):
        table.meaning("nybrs", "120")


def test_understand__most_serious_modelled_code_counts(table):
    codes = pd.Series(["23H|120|13A", "35A|220", "35A|520", "13B", "120|zzz", "", None])
    meant = table.understand("nibrs", codes)
    assert meant["crime_type"].fillna("-").tolist() == [
        "robbery", "burglary", "-", "-", "robbery", "-", "-",
    ]  # fmt: skip
    assert meant["refused_group"].fillna("-").tolist() == [
        "-", "-", "narcotics", "simple_assault", "-", "-", "-",
    ]  # fmt: skip
    assert meant["known_codes"].tolist()[4:] == ["120", "", ""]
    assert meant["unknown_codes"].tolist()[4] == "zzz"
    assert meant["n_codes"].tolist() == [3, 2, 2, 1, 2, 0, 0]


def test_classify__keeps_the_index(table):
    codes = pd.Series(["03", "18"], index=[7, 3])
    assert table.classify("fbi", codes).fillna("-").to_dict() == {7: "robbery", 3: "-"}


@pytest.mark.parametrize(
    ("codes", "system"),
    [
        (["0110", "0320", "0486"], "chicago_iucr"),
        (["01A", "04B", "08B", "14"], "fbi"),
        (["120", "220", "23F", "35A"], "nibrs"),
        (["300", "500", "600"], "ucr"),
        (["Robbery", "Theft from vehicle", "Mischief"], "words"),
        (["03|18", "06"], "fbi"),
    ],
)
def test_detect_system__by_the_codes(table, codes, system):
    assert table.detect_system(pd.Series(codes)) == system


def test_detect_system__none_knows_any(table):
    assert table.detect_system(pd.Series(["zz1", "zz2", None, ""])) is None


def test_refused_group_of__long_phrases_first():
    assert refused_group_of("Aggravated assault, garage") is None
    assert refused_group_of("Simple assault").id == "simple_assault"
    assert refused_group_of("Identity theft").id == "fraud"
    assert refused_group_of("Robbery of a drug dealer").id == "narcotics"
    assert refused_group_of("Theft over $500") is None


@pytest.mark.real_data
def test_chicago_table__knows_every_code_of_the_city_and_agrees_with_fbi_codes(real_data, table):
    cases = pd.read_parquet(
        real_data / "chicago" / "crime_2008_2017.parquet", columns=["iucr", "fbi_code"]
    ).astype("str")
    listed = pd.read_parquet(real_data / "chicago" / "iucr_codes.parquet")["iucr"]
    mine = shipped_meanings()["chicago_iucr"]
    assert set(listed) <= set(mine)
    assert set(cases["iucr"]) <= set(mine)
    by_iucr = table.classify("chicago_iucr", cases["iucr"]).fillna("-")
    by_fbi = table.classify("fbi", cases["fbi_code"]).fillna("-")
    differing = cases.loc[by_iucr.to_numpy() != by_fbi.to_numpy(), "iucr"].value_counts()
    # Financial identity theft was coded as theft until 2014 and as fraud since; and few
    # possessions of incendiary devices have either FBI code.
    assert set(differing.index) <= {"0840", "0841", "0842", "0843", "1030", "1035"}
    assert differing.drop(["0840", "0841", "0842", "0843"], errors="ignore").sum() < 20

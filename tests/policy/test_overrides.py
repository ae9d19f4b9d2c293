"""An agency's own class codes: more codes, never more than may be modelled."""

import pytest

from evenbeat.core.errors import InputError, PolicyError
from evenbeat.core.policy.crime_types import CrimeTypeTable

HEADER = "system,code,crime_type,group,description\n"


@pytest.fixture
def override(tmp_path):
    def write(*rows, header=HEADER):
        path = tmp_path / "crime_types.csv"
        path.write_text(header + "".join(f"{row}\n" for row in rows), "utf-8")
        return path

    return write


def test_load__adds_codes(override):
    table = CrimeTypeTable.load(override("ucr,R-17,robbery,,Robbery of a bank"))
    assert table.meaning("ucr", "r-17").crime_type == "robbery"
    assert table.meaning("ucr", "3").crime_type == "robbery"
    assert table.fingerprint != CrimeTypeTable.load().fingerprint


def test_load__narrows(override):
    table = CrimeTypeTable.load(override("chicago_iucr,0860,,other,Retail theft: store detectives"))
    assert table.meaning("chicago_iucr", "0860").crime_type is None
    assert table.meaning("chicago_iucr", "860").group == "other"


def test_load__moves_a_code_between_types(override):
    table = CrimeTypeTable.load(override("chicago_iucr,0325,motor_vehicle_theft,,"))
    assert table.meaning("chicago_iucr", "0325").crime_type == "motor_vehicle_theft"


def test_load__accepts_a_byte_order_mark_and_leaves_the_shipped_table_alone(tmp_path):
    path = tmp_path / "crime_types.csv"
    path.write_text("\ufeff" + HEADER + "nibrs,99X,theft,,Theft of plants\n", "utf-8")
    assert CrimeTypeTable.load(path).meaning("nibrs", "99X").crime_type == "theft"
    assert CrimeTypeTable.load().meaning("nibrs", "99X") is None


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ("nibrs,35A,robbery,,Robbery", "drugs"),
        ("chicago_iucr,0460,aggravated_assault,,Battery with a weapon", "simple assault"),
        ("ucr,4E,aggravated_assault,,Assault", "simple assault"),
        ("ucr,2412,theft,,Theft", "disorder"),
        ("fbi,99,theft,,Possession of cannabis", "drugs"),
        ("fbi,99,robbery,,Weapons violation", "weapons"),
        ("fbi,99,burglary,,Prostitution", "prostitution"),
        ("fbi,99,burglary,,gambling house", "gambling"),
        ("fbi,99,burglary,,Disorderly conduct", "disorder"),
        ("fbi,99,aggravated_assault,,assault", "unknown degree"),
        ("words,drug deal,theft,,Theft", "drugs"),
        ("fbi,99,narcotics,,Drugs", "not on the list|never modelled"),
        ("fbi,99,disorder,,Disorder", "never modelled"),
        ("fbi,99,jaywalking,,Jaywalking", "not on the list"),
        ("fbi,99,robbery,,", "description must say"),
    ],
)
def test_load__never_models_what_is_never_modelled(override, row, words):
    with pytest.raises(PolicyError, match=words) as refusal:
        CrimeTypeTable.load(override(row))
    assert "crime_types.csv, line 2" in str(refusal.value)


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ("nope,99,robbery,,Robbery", "one of the systems"),
        ("fbi,,robbery,,Robbery", "needs a code"),
        ("fbi,99,robbery,narcotics,Robbery", "either a crime_type or a group"),
        ("fbi,99,,,Robbery", "either a crime_type or a group"),
        ("fbi,99,,nonsense,Robbery", "group must be one of"),
    ],
)
def test_load__faulty_rows(override, row, words):
    with pytest.raises(InputError, match=words):
        CrimeTypeTable.load(override(row))


def test_load__lacking_column(override):
    with pytest.raises(InputError, match="description is missing"):
        CrimeTypeTable.load(override("fbi,1,robbery,", header="system,code,crime_type,group\n"))


def test_load__missing_file(tmp_path):
    with pytest.raises(InputError, match="cannot be read"):
        CrimeTypeTable.load(tmp_path / "absent.csv")

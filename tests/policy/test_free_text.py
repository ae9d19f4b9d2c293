"""Notes: what looks like personal data is withheld, and what does not stays as it was written."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evenbeat.core.policy.free_text import LONGEST, WITHHELD, without_personal_data


@pytest.mark.parametrize(
    "note",
    [
        "Gate to the yard stands open",
        "12 minutes on foot",
        "5th & Main",
        "bike racks full",
        "Market St 400 block",
        "900-1000 block of Main St",
        "corner of Oak and Elm, two lights are out",
        "I am at the end of the alley until 11 am",
        "until 9 AM, then rain",
        "stairs OF the station are icy",
        "spoke with the shop owner about deliveries",
        "24/7 store, cameras work, 10-4",
        "3 of 12 street lights out on 5th",
        "black car without lights on, white van double parked",
        "new paint on the white fence",
        "radio check on channel 4",
        "about 30 people at the stop, 15 min, no problems",
        "bus 22 late; returned 16:45",
        "victim services van parked here",
        "officer on foot, all quiet",
        "dr. office closed early",
        "graffiti tag on the wall",
        "the store is named on the sign",
        "2 doors open, unit 3B empty",
        "temperature -5, wind 20",
        "400 block of Elm Street, two lights out",
        "Walked along Oak Grove Avenue to Lincoln Park",
        "Stood at Union Station and at the Grand Plaza",
        "met the manager of Corner Market, cameras work",
        "spoke with staff of Washington High School",
        "Closed until Monday. Shutters down at First Baptist Church",
        "3 of 12 broken street lights, at 2 side street corners",
        "PO Box lobby is open late",
        "5 white vans, 2 adults on bikes",
        "gate closed at 9, two people at the stop",
        "",
    ],
)
def test_without_personal_data__harmless_notes_stay(note):
    assert without_personal_data(note) == (note, False)


@pytest.mark.parametrize(
    ("note", "secret"),
    [
        ("mail john.smith+x@example.co.uk please", "john.smith"),
        ("call 312-555-0147", "0147"),
        ("call (312) 555-0147 now", "0147"),
        ("call 312.555.0147", "0147"),
        ("call +1 312 555 0147", "0147"),
        ("call 3125550147", "0147"),
        ("call 555-0147 after six", "0147"),
        ("call 555.0147", "0147"),
        ("his number is 078-05-1120", "1120"),
        ("born on 4/3/1990", "1990"),
        ("04-03-90", "04-03"),
        ("3.4.1990", "1990"),
        ("1990-04-03", "1990"),
        ("DOB unknown", "DOB"),
        ("D.O.B. not given", "D.O.B"),
        ("met Mr. Smith", "Smith"),
        ("met mrs Smith", "Smith"),
        ("ask Sgt. Miller", "Miller"),
        ("Officer Jones was there", "Jones"),
        ("suspect John Doe ran", "Doe"),
        ("victim: Jane Roe", "Roe"),
        ("witness:Jane Roe", "Roe"),
        ("WITNESS Jane", "Jane"),
        ("a man named Carlos Perez", "Perez"),
        ("name: Ann Lee", "Lee"),
        ("aka Shorty", "Shorty"),
        ("plate ABC123", "ABC123"),
        ("plate ABC 1234", "1234"),
        ("plate no. AB-12-CD", "AB-12"),
        ("license # D123-4567-8901", "4567"),
        ("licence number 99 seen", "99"),
        ("tag: 7XYZ890", "7XYZ"),
        ("two black males at the door", "black males"),
        ("Hispanic woman asked for help", "Hispanic"),
        ("white kids on bikes", "white kids"),
        ("B/M in a red shirt", "B/M"),
        ("wm running", "wm"),
        ("a/f with a dog", "a/f"),
        ("HF at the stop", "HF"),
        ("Spoke with Maria Gonzalez at 12 Elm Street apt 4", "Maria"),
        ("Spoke with Maria Gonzalez at 12 Elm Street apt 4", "Gonzalez"),
        ("Spoke with Maria Gonzalez at 12 Elm Street apt 4", "12"),
        ("Spoke with Maria Gonzalez at 12 Elm Street apt 4", "apt 4"),
        ("Stopped Maria Gonzalez", "Gonzalez"),
        ("Stop John Smith at the door", "Smith"),
        ("Stop John Smith of 12 Elm St", "Smith"),
        ("Quiet. Then José Núñez-Ruiz came by", "Núñez"),
        ("talked to Sean O'Brien about it", "O'Brien"),
        ("John Smith was here", "Smith"),
        ("talked to J. Smith", "Smith"),
        ("PO Jones took 01-1 home", "Jones"),
        ("with PC Amy Ward until 9", "Ward"),
        ("PC 4411 stayed", "4411"),
        ("badge no. 4411", "4411"),
        ("Ofc Jones", "Jones"),
        ("Det. Jones", "Jones"),
        ("Lt Jones", "Jones"),
        ("Capt Jones", "Jones"),
        ("black juvenile", "black"),
        ("white adults by the door", "white adults"),
        ("Asian subject left", "Asian"),
        ("white elderly lady", "white"),
        ("20 yo white guy", "20 yo"),
        ("20 yo white guy", "white guy"),
        ("a 16-year-old", "16"),
        ("about 45 years old", "45"),
        ("aged 20", "20"),
        ("lives at 12 Elm St", "12"),
        ("lives at 12b N. Clark Street", "12b"),
        ("house 1400 5th Ave", "1400"),
        ("lives at 12 elm street", "12"),
        ("went to 12 elm st", "12"),
    ],
)
def test_without_personal_data__what_looks_like_it_is_withheld(note, secret):
    clean, withheld = without_personal_data(note)
    assert withheld
    assert secret not in clean
    assert WITHHELD in clean


def test_without_personal_data__the_rest_of_a_note_stays():
    clean, _ = without_personal_data("Met Mr. Smith at the gate, call 312-555-0147 about the lock")
    assert clean == f"Met {WITHHELD} at the gate, call {WITHHELD} about the lock"


def test_without_personal_data__of_an_address_the_street_stays():
    clean, _ = without_personal_data("Light out at 12 Elm Street, since May")
    assert clean == f"Light out at {WITHHELD} Elm Street, since May"


def test_without_personal_data__white_space_is_one_space():
    assert without_personal_data("  gate\n\topen  ") == ("gate open", False)


@pytest.mark.parametrize("before", range(LONGEST - 14, LONGEST + 2))
def test_without_personal_data__what_the_cut_goes_through_is_withheld_whole(before):
    clean, withheld = without_personal_data("x" * (before - 1) + " 312-555-0147 tail")
    assert len(clean) <= LONGEST
    assert withheld
    assert not any(letter.isdigit() for letter in clean)


@given(st.text(max_size=300))
def test_without_personal_data__twice_is_once(text):
    once, withheld = without_personal_data(text)
    assert len(once) <= LONGEST
    assert withheld or once == " ".join(text.split())[:LONGEST]
    assert without_personal_data(once)[0] == " ".join(once.split())

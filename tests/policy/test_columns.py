"""What of incidents may be read: an allow-list of ours, and no column about persons of theirs."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evenbeat.core.errors import PolicyError
from evenbeat.core.policy.columns import (
    GATE_COLUMNS,
    INCIDENT_COLUMNS,
    INPUT_COLUMNS,
    known_spellings,
    plain_name,
    require_columns,
    require_names,
    speaks_of_persons,
)
from evenbeat.core.policy.shipped import read_policy_table

HOSTILE = (
    "race", "RACE", "SuspectRace", "suspect_race", "vict_race_cd", "Ethnicity", "ETHNIC_GROUP",
    "victim_sex", "Sex", "gender", "Victim Age", "age", "AGE_GROUP", "dob", "D.O.B",
    "Date of Birth",
    "birthDate", "first_name", "LastName", "FULL NAME", "SSN", "home_address", "Address", "street",
    "Phone", "phone number", "email", "education", "EducationLevel", "income", "Median Income",
    "poverty_rate", "religion", "nationality", "immigration_status", "gang_member",
    "GangAffiliation",
    "parolee", "parole_status", "on_probation", "offender_id", "OffenderName", "suspect",
    "arrestee_id", "victim_id", "witness", "twitter_handle", "facebook", "social_media_score",
    "officer_badge", "reporting_officer", "juvenile", "population", "driver_license",
)  # fmt: skip


def test_incident_columns__hold_no_flag_and_nothing_about_persons():
    assert not set(GATE_COLUMNS) & set(INCIDENT_COLUMNS)
    for ours in INCIDENT_COLUMNS:
        # The training weight is no person's.
        assert ours == "weight" or not speaks_of_persons(ours), ours
    assert not any(speaks_of_persons(ours) for ours in INPUT_COLUMNS)


def test_usual_names__are_of_listed_columns_and_never_of_persons():
    assert set(known_spellings()) <= {*INPUT_COLUMNS, *GATE_COLUMNS}
    for row in read_policy_table("column_names.csv"):
        exempt = row["ours"] in GATE_COLUMNS or row["theirs"].endswith("_name")
        assert exempt or not speaks_of_persons(row["theirs"]), row


@pytest.mark.parametrize("theirs", HOSTILE)
def test_speaks_of_persons__hostile_names(theirs):
    assert speaks_of_persons(theirs)


@pytest.mark.parametrize(
    "theirs",
    ["date_occurred", "IUCR", "Updated On", "X Coordinate", "pointx", "class", "offense_code",
     "report_time", "datetimefrom", "beat", "message_id", "page", "incoming", "Longitude"],
)  # fmt: skip
def test_speaks_of_persons__harmless_names(theirs):
    assert not speaks_of_persons(theirs)


@pytest.mark.parametrize("theirs", HOSTILE)
@pytest.mark.parametrize("ours", ["class_code", "source", "incident_id", "geocode_quality"])
def test_require_columns__no_person_column_under_any_name_of_ours(ours, theirs):
    with pytest.raises(PolicyError, match="speaks of persons"):
        require_columns({ours: theirs})


@pytest.mark.parametrize("ours", [*HOSTILE, "crime_type", "weight", "arrests", "", "Source"])
def test_require_names__only_listed_names(ours):
    with pytest.raises(PolicyError, match="drops everything else"):
        require_names([ours])


@given(st.text(max_size=30))
def test_require_names__any_other_text_is_refused(name):
    if name in INPUT_COLUMNS or name in GATE_COLUMNS:
        return
    with pytest.raises(PolicyError):
        require_names([name])


@given(
    word=st.sampled_from([row["word"] for row in read_policy_table("person_words.csv")]),
    before=st.sampled_from(["", "vict_", "the ", "X-", "1."]),
    after=st.sampled_from(["", "_cd", " code", "-2", ".value"]),
    case=st.sampled_from([str.lower, str.upper, str.title]),
)
def test_speaks_of_persons__any_spelling(word, before, after, case):
    assert speaks_of_persons(case(before + word + after))


def test_require_columns__flags_may_be_read_for_the_gate():
    require_columns({"officer_initiated": "officer_initiated", "arrest": "ARREST_MADE"})


def test_plain_name__ignores_case_and_signs():
    assert plain_name("Occurred From (local)") == "occurredfromlocal"

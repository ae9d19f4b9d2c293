"""What may become a feature: listed words alone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evenbeat.core.errors import PolicyError
from evenbeat.core.features.catalogue import Catalogue
from evenbeat.core.policy.crime_types import crime_types
from evenbeat.core.policy.features import (
    category_of,
    event_categories,
    is_allowed_feature,
    place_categories,
    require_category,
    require_feature,
    require_features,
)
from evenbeat.core.policy.shipped import read_policy_table

HOSTILE = (
    "race", "share_black", "median_income", "poverty_rate", "population", "population_density",
    "percent_hispanic", "education", "share_college", "distance_school", "density_church",
    "arrests", "count_28d_arrests", "arrest_count", "parolees", "distance_parolee", "offenders",
    "gang_territory", "age", "share_under_18", "sex", "unemployment", "renters", "vacancy_rate",
    "tweets", "social_media", "count_stops", "names", "officer_id", "victim_age", "citizenship",
    "distance_public_housing", "density_shelter", "count_28d_narcotics", "count_28d_disorder",
    "count_28d_simple_assault", "graffiti", "density_311_graffiti", "", "_", "__", "distance_",
    "Race", "rAcE", "r_a_c_e", "distance_bar_race", "bar race", "count_28d;race",
)  # fmt: skip
WORDS = sorted({row["word"] for row in read_policy_table("feature_words.csv")})


@pytest.mark.parametrize("name", HOSTILE)
def test_require_feature__refuses(name):
    with pytest.raises(PolicyError, match="cannot be a feature"):
        require_feature(name)


@pytest.mark.parametrize(
    "name",
    ["school", "Church", "homeless shelter", "parolee", "Section 8 housing", "census tract",
     "protest", "graffiti", "casino of dreams", "building", ""],
)  # fmt: skip
def test_require_category__refuses_with_a_reason(name):
    with pytest.raises(PolicyError) as refusal:
        require_category(name)
    assert "cannot be used:" in str(refusal.value)
    assert "Allowed are bar" in str(refusal.value)


def test_require_category__education_is_never_an_input():
    with pytest.raises(PolicyError, match="education is never an input"):
        require_category("schools")


def test_require_category__spellings():
    assert require_category("Liquor Outlets") == "liquor_outlet"
    assert require_category("cta_bus_stop") == "transit_stop"
    assert require_category("Stadium", "event") == "sports"
    assert category_of("bar") == "bar"
    with pytest.raises(PolicyError):
        require_category("bar", "event")


def test_categories__are_themselves_allowed_features():
    for name in (*place_categories(), *event_categories(), *crime_types()):
        assert require_feature(name) == name


def test_catalogue__every_feature_of_the_models_is_allowed():
    measures = tuple(
        (category, measure, False)
        for category in place_categories()
        for measure in ("distance", "density", "length", "share")
    )
    names = Catalogue(1095, measures).names
    assert len(names) > 100
    assert require_features(names) == tuple(names)


def test_words__none_is_about_persons():
    about_persons = {row["word"] for row in read_policy_table("person_words.csv")}
    about_persons.remove("street")  # as a place it is a carriageway
    for word in (*WORDS, *place_categories(), *event_categories()):
        assert about_persons.isdisjoint(word.split("_")), word


@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=40))
def test_is_allowed_feature__only_listed_words(name):
    """Whatever is allowed splits into listed words and numbers with a unit."""
    if is_allowed_feature(name):
        listed = {*WORDS, *crime_types()}
        listed |= {
            part
            for row in (
                *read_policy_table("place_categories.csv"),
                *read_policy_table("event_categories.csv"),
            )
            for spelling in (row["category"], *row["aliases"].split(";"))
            for part in spelling.split("_")
        }
        pieces = {part for kind in crime_types() for part in kind.split("_")}
        for part in name.split("_"):
            assert part in listed | pieces or part[0].isdigit(), (name, part)


@given(
    good=st.lists(st.sampled_from(WORDS), min_size=1, max_size=4),
    bad=st.sampled_from(
        [row["word"] for row in read_policy_table("person_words.csv")
         if row["word"] != "street"]
    ),
    place=st.integers(0, 4),
)  # fmt: skip
def test_is_allowed_feature__one_person_word_is_enough_to_refuse(good, bad, place):
    words = [*good[:place], bad, *good[place:]]
    assert not is_allowed_feature("_".join(words))

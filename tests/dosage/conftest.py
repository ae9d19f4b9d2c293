import datetime as dt

import pytest

from evenbeat.core.simulate import simulate_city


@pytest.fixture(scope="session")
def patrolled_city():
    """A city of 4 km with two days of units on the road."""
    return simulate_city(
        seed=21, size_km=4.0, start=dt.date(2023, 3, 1), days=40, ping_days=2, ping_seconds=15,
        crime_types=("homicide",),
    )  # fmt: skip

"""A whole city with known truth: for tests, documentation, sample data and benchmarks."""

from evenbeat.core.simulate.assembly import simulate_city
from evenbeat.core.simulate.city import City
from evenbeat.core.simulate.files import write_agency_files

__all__ = ["City", "simulate_city", "write_agency_files"]

"""A whole city with known truth: for tests, documentation, sample data and benchmarks."""

from evenbeat.core.simulate.city import City, simulate_city

__all__ = ["City", "simulate_city"]

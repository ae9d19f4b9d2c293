"""Measures of a plan: what it reaches and how evenly, for comparing settings."""

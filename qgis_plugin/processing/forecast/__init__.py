"""The group Forecast."""

"""Measured patrol on the map: minutes hour by hour, tracks, planned against delivered."""

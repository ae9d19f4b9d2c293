"""Approved assignments, for keys that have the right: GeoJSON and vector tiles."""

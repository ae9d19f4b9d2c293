"""The panel of tile services."""

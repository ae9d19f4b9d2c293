"""QGIS's locator bar finds assignments, districts and runs."""

"""The tile service: a published day as map tiles, values and a map page."""

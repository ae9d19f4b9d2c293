"""A tile service in QGIS: what it lists, the layers made of it, and new publications."""

"""The review of a day without its widgets: boxes, cells, the map's layer. No ``qgis.gui`` here."""

"""Work that QGIS shows in its task bar."""

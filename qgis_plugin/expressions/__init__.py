"""Functions of Evenbeat for QGIS's expressions."""

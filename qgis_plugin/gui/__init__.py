"""What people see: panels, dialogs, pages. The only room that imports ``qgis.gui``."""

"""Evenbeat in QGIS: the plugin runs the engine and shows what it made; it computes nothing."""


def classFactory(iface):
    """Return the plugin; QGIS calls this once, at its start."""
    from evenbeat.plugin import EvenbeatPlugin

    return EvenbeatPlugin(iface)

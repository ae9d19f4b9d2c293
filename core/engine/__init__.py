"""The engine: every operation over JSON lines, for QGIS; see ``docs/engine.md``."""

PROTOCOL = 1
"""The version of the protocol that this engine speaks."""

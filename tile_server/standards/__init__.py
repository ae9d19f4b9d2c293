"""WMTS and OGC API Tiles: the same tiles by their rules."""

"""What the panels of a GIS look at: summaries, surfaces, boxes and tracks as files."""

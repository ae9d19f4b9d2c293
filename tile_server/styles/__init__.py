"""Colours: style files, legends, and styles for other software."""

"""Boxes: outlines, rows of the table, what is beside them, and why here and not there."""

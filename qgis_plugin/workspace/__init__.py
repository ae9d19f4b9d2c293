"""The workspace as panels see it: which one is open, its layers by role, its results on the map.

Nothing in here is a widget.
"""

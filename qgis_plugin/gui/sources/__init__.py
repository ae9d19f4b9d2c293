"""Layers in their roles: the list of sources, and the dialog that adds or changes one."""

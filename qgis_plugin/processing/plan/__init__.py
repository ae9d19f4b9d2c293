"""The group Plan."""

"""The group Reports."""

"""The group Data."""

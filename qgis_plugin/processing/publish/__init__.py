"""The group Publish."""

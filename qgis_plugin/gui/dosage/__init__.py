"""The panel of measured patrol."""

"""How patrol is accounted for: the reports of a measured day or period, each one page."""

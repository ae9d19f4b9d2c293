"""Briefings as print layouts: a day's layers, a template, and the pages that come of both."""

"""The equity report: its page, figures, map and words. It is given facts, never audit-only data."""

"""A publication in an object store: its copy there, and reading it back."""

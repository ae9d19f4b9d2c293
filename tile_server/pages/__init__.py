"""The map page: its files, what it is told by the service, and its content policy."""

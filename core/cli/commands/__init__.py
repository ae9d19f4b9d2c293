"""One command a module; each imports what it needs only when it runs."""

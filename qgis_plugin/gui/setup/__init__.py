"""The page that sets the engine up: what to type, and whether it works."""

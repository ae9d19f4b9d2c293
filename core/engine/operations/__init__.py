"""The operations, a module for what belongs together; each is imported when it is asked for."""

"""The engine, a program of its own: where it is, how it is started, what is said to it."""

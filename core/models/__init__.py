"""One interface of all models: learn from weighted rows, tell expected counts."""

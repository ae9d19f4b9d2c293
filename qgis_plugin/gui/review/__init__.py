"""The review dock: a list of boxes, what speaks for each, and the keys that decide about them."""

"""What Evenbeat may model, read and advise, as allow-lists and tables that people can review."""

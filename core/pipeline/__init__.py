"""One module per operation: the only place where store, policy, compute and audit meet."""

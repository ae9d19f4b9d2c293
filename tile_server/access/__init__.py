"""Who may see what: keys with scopes, signed addresses, rates, and a line for every request."""

"""How the service answers: entity tags, problems with advice, headers, links, worker threads."""

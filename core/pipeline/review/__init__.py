"""Review: people decide about boxes; each decision is judged, recorded and logged at once."""

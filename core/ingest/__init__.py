"""What agencies hand in, read with every row accounted for: incidents and all other layers."""

"""What weighs more where: a table of factors, and its effect on the map at once."""

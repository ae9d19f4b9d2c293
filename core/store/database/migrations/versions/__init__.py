"""One file for each change of the schema, named by its revision."""

"""Every step as a Processing algorithm: one a file, in a folder for each group."""

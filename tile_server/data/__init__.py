"""Numbers and files for other software: catalog, downloads, series and statistics."""

"""What is kept: the workspace's tables, cubes, rasters, publications and the audit log."""

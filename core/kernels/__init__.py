"""Compiled loops: numpy and numba alone, positional arrays in, outputs filled in place.

Rules of the room:

- Kernels that sum over incidents, lines or polygons (``bin_points``, ``quartic_density``,
  ``count_space_time``, ``line_length``, ``area_share``) **add** to ``out``: hand in zeros, or go on
  with a partial sum. The others overwrite ``out``.
- A point belongs to the cell ``floor((easting - west) / cell_size)``,
  ``floor((north - northing) / cell_size)``, as in `evenbeat.core.grid.Grid.locate`.
- Sums run in float64 and in a fixed order on one thread, so equal input gives equal bytes. Kernels
  release the interpreter lock: who has several jobs runs them in threads.
- A helper that a kernel calls stands in the same file: numba's cache looks only at the file of the
  kernel itself, and would keep machine code with the helper as it was before an edit elsewhere.
"""

"""The classes in which a raster is shown: its highest cells, by share of the area."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from evenbeat.core.store.manifest import AREA_SHARES, AreaClass


def area_classes(
    inside: npt.NDArray[np.floating], shares: tuple[float, ...] = AREA_SHARES
) -> tuple[AreaClass, ...]:
    """Return the classes of the highest cells by share of the area.

    A class never covers more than its share: where cells tie across its edge they all stay out.

    Parameters
    ----------
    inside
        The values of the cells in the jurisdiction, any shape; NaN counts as area without value.
    shares
        Shares of the area, increasing.

    Examples
    --------
    >>> import numpy as np
    >>> area_classes(np.arange(200.0), (0.005, 0.01))
    (AreaClass(share=0.005, value=199.0, cells=1), AreaClass(share=0.01, value=198.0, cells=2))
    """
    known = np.asarray(inside, dtype=np.float32).ravel()
    highest_first = np.sort(known[known > 0])[::-1]
    classes = []
    for share in shares:
        cells = min(int(share * known.size + 1e-9), highest_first.size)
        if 0 < cells < highest_first.size and highest_first[cells] == highest_first[cells - 1]:
            cells = int(np.searchsorted(-highest_first, -highest_first[cells], side="left"))
        value = float(highest_first[cells - 1]) if cells else None
        classes.append(AreaClass(share=share, value=value, cells=cells))
    return tuple(classes)

"""Erosion of a periodic height field by rivers and by landslides, in whole arrays."""

import numpy as np

_NEIGHBORS = ((-1, -1), (-1, 0), (-1, 1), (0, -1), (0, 1), (1, -1), (1, 0), (1, 1))


def erode_by_rivers(height, uplift, erodibility, steps, outlets, exponent=0.4):
    """Let rivers cut into a rising landscape: dh/dt = uplift - erodibility A^m |slope|, A the area that drains through.

    Implicit in time, solved from the outlets upstream, so that steps may be long (Braun and Willett 2013, "A very efficient
    O(n), implicit and parallel method to solve the stream power equation"). Water leaves a depression over its lowest pass
    (Cordonnier et al. 2019, "A versatile, linear complexity algorithm for flow routing in topographies with depressions").

    Args:
        height: float (H, W), in pixels' widths, periodic.
        uplift: float (H, W), what a step raises.
        erodibility: float above 0, per step.
        steps: int.
        outlets: bool (H, W), cells that keep their height and take the water; at least one.

    Returns:
        float64 (H, W).
    """
    shape = height.shape
    neighbors = _neighbor_cells(shape)
    heights, lifts, fixed = height.astype("float64").ravel(), np.where(outlets, 0, uplift).ravel(), outlets.ravel()
    for _ in range(steps):
        receivers, distances = _receivers(heights, neighbors, fixed)
        receivers = _leave_depressions(heights, receivers, neighbors, fixed)
        levels = _levels(receivers)
        area = np.ones_like(heights)
        for cells in reversed(levels[1:]):
            np.add.at(area, receivers[cells], area[cells])
        speed = erodibility * area**exponent / distances
        heights += lifts
        for cells in levels[1:]:
            heights[cells] = (heights[cells] + speed[cells] * heights[receivers[cells]]) / (1 + speed[cells])
    return heights.reshape(shape)


def erode_by_landslides(height, talus, steps, share=0.2):
    """Let material on slopes steeper than the talus slide to the lower neighbors; the sum of heights stays the same.

    Args:
        height: float (H, W), in pixels' widths, periodic.
        talus: slope above which material slides.
        steps: int.
        share: of what is too high, moved a step; below 0.25, above which it would swing.

    Returns:
        float (H, W).
    """
    height = height.copy()
    for _ in range(steps):
        for y, x in _NEIGHBORS[:4]:
            limit = talus * np.hypot(y, x)
            rise = np.roll(height, (-y, -x), (0, 1)) - height
            flow = share * (rise - np.clip(rise, -limit, limit))
            height += flow - np.roll(flow, (y, x), (0, 1))
    return height


def _neighbor_cells(shape):
    """Return int (8, H * W), the cells around each cell."""
    cells = np.arange(shape[0] * shape[1]).reshape(shape)
    return np.stack([np.roll(cells, (-y, -x), (0, 1)).ravel() for y, x in _NEIGHBORS])


def _receivers(heights, neighbors, fixed):
    """Return (the cell that each cell drains to: the steepest neighbor, or itself in a pit or an outlet; its distance)."""
    lengths = np.hypot(*np.array(_NEIGHBORS).T)
    slopes = (heights - heights[neighbors]) / lengths[:, None]
    steepest = slopes.argmax(axis=0)
    cells = np.arange(len(heights))
    stays = fixed | (slopes[steepest, cells] <= 0)
    return np.where(stays, cells, neighbors[steepest, cells]), lengths[steepest]


def _leave_depressions(heights, receivers, neighbors, fixed):
    """Return the receivers with each pit draining over a pass, into the next basin on the way with the lowest passes."""
    from scipy import sparse
    from scipy.sparse import csgraph

    roots = receivers
    while not np.array_equal(roots, further := roots[roots]):
        roots = further
    pits = np.flatnonzero((receivers == np.arange(len(receivers))) & ~fixed)
    if not len(pits):
        return receivers
    numbers = np.zeros(len(heights), "int64")  # 0: all outlets together
    numbers[pits] = np.arange(1, len(pits) + 1)
    basins = numbers[roots]
    # Each border once, then the other way round as well.
    borders = [np.flatnonzero(basins != basins[cells]) for cells in neighbors[:4]]
    one, other = np.concatenate(borders), np.concatenate([c[each] for c, each in zip(neighbors, borders, strict=False)])
    inside, outside = np.concatenate([one, other]), np.concatenate([other, one])
    order = np.argsort(np.maximum(heights[inside], heights[outside]), kind="stable")
    inside, outside = inside[order], outside[order]
    size = len(pits) + 1
    pairs, first = np.unique(basins[inside] * size + basins[outside], return_index=True)  # of each pair the lowest pass
    graph = sparse.csr_array((first + 1.0, (pairs // size, pairs % size)), shape=(size, size))
    tree = csgraph.minimum_spanning_tree(graph)
    _, toward = csgraph.breadth_first_order(tree, 0, directed=False)
    wanted = np.arange(1, size) * size + toward[1:]
    receivers = receivers.copy()
    receivers[pits] = outside[first[np.searchsorted(pairs, wanted)]]
    return receivers


def _levels(receivers):
    """Return the cells by their number of steps to an outlet: a list of int arrays, the outlets first."""
    ahead = receivers
    steps = (receivers != np.arange(len(receivers))).astype("int64")
    while steps[ahead].any():
        steps, ahead = steps + steps[ahead], ahead[ahead]
    order = np.argsort(steps, kind="stable")
    return np.split(order, np.cumsum(np.bincount(steps))[:-1])

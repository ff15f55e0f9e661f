"""Figures of a run's numbers."""

import math


def save_loss_plot(path, rows):
    """Draw every logged quantity against the step, one panel each.

    Args:
        path: PNG to write.
        rows: dictionaries of strings, as `metrics_csv.read_rows` returns; with none, nothing is written.
    """
    if rows:
        loss_figure(rows).savefig(path, dpi=100)


def loss_figure(rows):
    """Return a matplotlib figure of every logged quantity against the step; rows: as in `save_loss_plot`, at least one."""
    from matplotlib.figure import Figure

    names = [name for name in rows[0] if name not in ("step", "seconds", "images_per_second")]
    figure = Figure(figsize=(8, 2.2 * len(names)), layout="constrained")
    for axes, name in zip(figure.subplots(len(names), sharex=True, squeeze=False)[:, 0], names, strict=True):
        axes.plot(*zip(*((int(row["step"]), float(row[name])) for row in rows if row[name]), strict=True), linewidth=1)
        axes.set_ylabel(name.replace("_", " "), parse_math=False)
        axes.grid(alpha=0.3)
    axes.set_xlabel("step (generator updates)")
    return figure


def figure_to_array(figure):
    """Draw a matplotlib figure; returns uint8 `(H, W, 3)`."""
    import numpy as np
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    return np.asarray(canvas.buffer_rgba())[:, :, :3].copy()


def point_picture(points, truth=None, title="", center=0.0, scale=1.0):
    """Draw points: of one dimension as a histogram, of two or three as dots, of more two columns at a time.

    Args:
        points: float `(N, d)`, in blue; of more than 18 columns the first 18 are drawn.
        truth: float `(M, 2)`, a red curve, or `(m * m, 3)` over a square grid, a red surface; None draws none.
        title: text above.
        center, scale: floats `(d,)` or one: where the points are expected, and how far they reach. The axes show 1.5 of it, or
            3, 6, ... where many points lie beyond.

    Returns:
        uint8 array `(480, 480, 3)`.
    """
    import numpy as np
    from matplotlib.figure import Figure

    dimensions = points.shape[1]
    figure = Figure(figsize=(4.8, 4.8), dpi=100, layout="constrained")
    middle, reach = _frame(points, truth, np.broadcast_to(center, dimensions), np.broadcast_to(scale, dimensions))
    limits = np.column_stack([middle - reach, middle + reach])
    figure.suptitle(title)
    if dimensions == 1:
        figure.subplots().hist(points[:, 0], bins=60, range=limits[0], color="tab:blue")
    elif dimensions == 3:
        axes = figure.add_subplot(projection="3d")
        if truth is not None:
            side = round(len(truth) ** 0.5)
            axes.plot_surface(*(column.reshape(side, side) for column in truth.T), color="red", alpha=0.3)
        axes.scatter(*points.T, s=4, color="tab:blue", alpha=0.5)
        axes.set(xlim=limits[0], ylim=limits[1], zlim=limits[2])
    else:
        pairs = [(min(i, dimensions - 2), min(i, dimensions - 2) + 1) for i in range(0, min(dimensions, 18), 2)]
        side = math.ceil(len(pairs) ** 0.5)
        panels = figure.subplots(-(-len(pairs) // side), side, squeeze=False).flat
        for axes in list(panels)[len(pairs) :]:
            axes.set_axis_off()
        for axes, pair in zip(figure.axes, pairs, strict=False):
            if truth is not None:
                axes.plot(*truth.T, color="red", linewidth=2)
            axes.scatter(*points[:, pair].T, s=4, color="tab:blue", alpha=0.5)
            axes.set(xlim=limits[pair[0]], ylim=limits[pair[1]])
            if dimensions > 2:
                axes.set_xlabel(f"columns {pair[0]}, {pair[1]}")
    return figure_to_array(figure)


def series_picture(examples):
    """Draw the first 16 examples, a panel each, their first axis from left to right and a line for each further number.

    Args:
        examples: float `(N, length, ...)`; of more than 8 lines the first 8 are drawn.

    Returns:
        uint8 array `(480, 480, 3)`.
    """
    from matplotlib.figure import Figure

    figure = Figure(figsize=(4.8, 4.8), dpi=100, layout="constrained")
    lines = examples[:16].reshape(len(examples[:16]), examples.shape[1], -1)[:, :, :8]
    side = math.ceil(len(lines) ** 0.5)
    for axes, each in zip(figure.subplots(side, side, squeeze=False, sharex=True, sharey=True).flat, lines, strict=False):
        axes.plot(each, linewidth=0.8)
    return figure_to_array(figure)


def _frame(points, truth, center, scale):
    """Return (middle, reach) of the axes, floats `(d,)`; the same for about the same points, so that pictures compare."""
    import numpy as np

    if truth is not None:
        low, high = truth.min(axis=0), truth.max(axis=0)
        return (low + high) / 2, np.where(high > low, 0.6 * (high - low), 1.0)
    far = float(np.quantile(np.abs((points - center) / scale), 0.95)) if np.isfinite(points).all() else 1.5
    return center, scale * 1.5 * 2.0 ** max(0, math.ceil(math.log2(max(far, 1e-9) / 1.5)))


def panels(points, centers, columns=3):
    """Draw one panel a name: its points in blue, the centers of the true modes as red crosses.

    Args:
        points: dictionary {name: float `(N, 2)`}.
        centers: float `(K, 2)`.
        columns: panels a row, at most.

    Returns:
        uint8 array `(H, W, 3)`.
    """
    import numpy as np
    from matplotlib.figure import Figure

    columns = min(columns, len(points))
    rows = -(-len(points) // columns)
    figure = Figure(figsize=(3.2 * columns, 3.4 * rows), dpi=100, layout="constrained")
    reach = 1.3 * float(np.abs(centers).max())
    places = figure.subplots(rows, columns, squeeze=False).flat
    for axes in places[len(points) :]:
        axes.set_axis_off()
    for axes, (name, cloud) in zip(places, points.items(), strict=False):
        axes.scatter(*cloud.T, s=2, color="tab:blue", alpha=0.4)
        axes.scatter(*centers.T, marker="+", color="red", linewidth=0.8)
        axes.set(xlim=(-reach, reach), ylim=(-reach, reach), title=name, aspect="equal")
    return figure_to_array(figure)

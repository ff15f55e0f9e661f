"""Figures of a run's numbers."""


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
        axes.set_ylabel(name.replace("_", " "))
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


def point_picture(points, truth=None, title=""):
    """Draw points of the plane or of space.

    Args:
        points: float `(N, 2)` or `(N, 3)`, in blue.
        truth: float `(M, 2)`, a red curve, or `(m * m, 3)` over a square grid, a red surface; None draws none.
        title: text above.

    Returns:
        uint8 array `(480, 480, 3)`.
    """
    import numpy as np
    from matplotlib.figure import Figure

    figure = Figure(figsize=(4.8, 4.8), dpi=100, layout="constrained")
    space = points.shape[1] == 3
    axes = figure.add_subplot(projection="3d" if space else None)
    if truth is not None and space:
        side = round(len(truth) ** 0.5)
        axes.plot_surface(*(column.reshape(side, side) for column in truth.T), color="red", alpha=0.3)
    elif truth is not None:
        axes.plot(*truth.T, color="red", linewidth=2)
    axes.scatter(*points.T, s=4, color="tab:blue", alpha=0.5)
    reach = 1.5 if truth is None else 1.2 * float(np.abs(truth).max())
    axes.set(xlim=(-reach, reach), ylim=(-reach, reach), title=title, **({"zlim": (-reach, reach)} if space else {}))
    return figure_to_array(figure)


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

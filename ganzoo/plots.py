"""Figures of a run's numbers."""


def save_loss_plot(path, rows):
    """Draw every logged quantity against the step, one panel each.

    Args:
        path: PNG to write.
        rows: dictionaries of strings as `ganzoo.callbacks.journal.read_rows` returns; with none, nothing is written.
    """
    if not rows:
        return
    from matplotlib.figure import Figure

    names = [name for name in rows[0] if name not in ("step", "seconds", "images_per_second")]
    figure = Figure(figsize=(8, 2.2 * len(names)), layout="constrained")
    steps = [int(row["step"]) for row in rows]
    for axes, name in zip(figure.subplots(len(names), sharex=True, squeeze=False)[:, 0], names, strict=True):
        axes.plot(steps, [float(row[name]) for row in rows], linewidth=1)
        axes.set_ylabel(name.replace("_", " "))
        axes.grid(alpha=0.3)
    axes.set_xlabel("step (generator updates)")
    figure.savefig(path, dpi=100)

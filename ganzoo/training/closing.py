"""What a finished run is left with besides its checkpoints: the loss plot, the animation, the exported generator."""

from ganzoo import images
from ganzoo.plots import save_loss_plot
from ganzoo.training.callbacks.metrics_csv import read_rows


def close_run(model, run):
    """Draw the losses, animate the samples, export the generator.

    Args:
        model: the trained model.
        run: `ganzoo.training.runs.RunDirectory`.
    """
    save_loss_plot(run.path / "losses.png", read_rows(run.metrics_path))
    pictures = sorted(run.samples.glob("step_*.png"))
    images.save_animation(run.path / "samples.gif", pictures)
    images.save_film(run.path / "samples.mp4", pictures)
    model.export(run.saved_model)

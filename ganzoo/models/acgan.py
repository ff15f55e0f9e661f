"""ACGAN: Odena, Olah, Shlens 2017, "Conditional Image Synthesis with Auxiliary Classifier GANs", arXiv:1610.09585.

    L_S = E[log D(x)] + E[log(1 - D(G(z, y)))],     L_C = E[log P(y | x)] + E[log P(y | G(z, y))]
    the discriminator maximizes L_S + L_C, the generator L_C - L_S

The generator is told the label; the discriminator is not, but reads it from the image, real or generated, with a head of its
own. Where the paper's generator minimizes log(1 - D), this one takes the objective's loss, by default the non-saturating one.
Networks and optimizers are DCGAN's.
"""

from keras import ops

from ganzoo import networks, objectives
from ganzoo.gan import GAN


class ACGAN(GAN):
    """DCGAN whose discriminator classifies what it sees.

    Args:
        image_shape: height and width multiples of 4, at least 8.
        classes: number of labels, 0 to classes - 1; 10 by default.
        options: as in `GAN`.

    Example:
        >>> ACGAN(image_shape=(8, 8, 1)).sample(labels=[3, 1, 4]).shape
        (3, 8, 8, 1)
    """

    default_classes = 10
    default_networks = networks.DCGAN
    default_objective = staticmethod(objectives.dcgan)

    def build_discriminator(self):
        return self.networks.build_discriminator(self.image_shape, heads={"class_logits": self.classes})

    def auxiliary_losses(self, player, real, fake):
        said = {"fake_class_loss": fake} if player == "generator" else {"real_class_loss": real, "fake_class_loss": fake}
        return {name: self._misread(each) for name, each in said.items()}

    def training_metrics(self, real, fake):
        right = ops.equal(ops.argmax(real.outputs[0], axis=1), ops.cast(real.inputs["labels"], "int64"))
        return super().training_metrics(real, fake) | {"class_accuracy": ops.cast(right, "float32")}

    def _misread(self, judged):
        labels = ops.one_hot(judged.inputs["labels"], self.classes, dtype="float32")
        return -ops.sum(labels * ops.log_softmax(judged.outputs[0]), axis=1)

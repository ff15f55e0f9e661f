"""BigGAN's networks: latents and the class enter every block of the generator together."""

from keras import layers, ops

from ganzoo.core.inputs import Input
from ganzoo.errors import InputError
from ganzoo.layers import ConditionalBatchNormalization
from ganzoo.networks.attention import Attention, _sizes
from ganzoo.utils.types import Shape, Tensor


class BigGAN(Attention):
    """`Attention` with BigGAN's conditioning (Brock et al. 2018, arXiv:1809.11096, appendix B) and orthogonal initial weights.

    The attention's four kernels alone begin Glorot uniform, as in `Attention`; the authors' code has orthogonal ones there too.
    The latents are cut into chunks, one for the first dense layer and one a block. One embedding of the labels, shared by all
    blocks, is joined with a block's chunk; of both, dense layers with spectral normalization make the gains and biases of the
    block's batch norms. Without labels the chunks alone do.

    Args:
        width, attention: as in `Attention`.
        embedding_size: of the shared embedding, positive int; the paper's is 128.
    """

    initializer = "orthogonal"

    def __init__(self, width: int = 32, attention: bool = True, embedding_size: int = 64):
        super().__init__(width, attention, embedding_size or 64)

    def build_latent(self, size: int, shape: Shape) -> Input:
        chunks = len(_sizes(shape))
        if size < chunks:
            raise InputError(f"latent must be at least {chunks}, one number a chunk. Received: latent={size}")
        return super().build_latent(size, shape)

    def encode(self, labels: Tensor, classes: int) -> Tensor:
        return layers.Embedding(classes, self.embedding_size, embeddings_initializer="orthogonal")(labels)

    def conditions(self, numbers: Tensor, label: Tensor | None, blocks: int) -> tuple[Tensor, list[Tensor | None]]:
        size = numbers.shape[-1]
        places = [round(size * i / (blocks + 1)) for i in range(1, blocks + 1)]
        first, *chunks = ops.split(numbers, places, axis=-1)
        return first, [each if label is None else layers.Concatenate()([label, each]) for each in chunks]

    def told_norm(self):
        return ConditionalBatchNormalization(spectral=True, kernel_initializer=self.initializer)

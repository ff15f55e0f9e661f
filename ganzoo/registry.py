"""The zoo: a new GAN is its module and one line here. Commands, tests, help and documentation are loops over it."""

MODELS = {
    "GAN": "ganzoo.gan",
    "DCGAN": "ganzoo.models.dcgan",
    "LSGAN": "ganzoo.models.lsgan",
    "CGAN": "ganzoo.models.cgan",
    "ACGAN": "ganzoo.models.acgan",
    "InfoGAN": "ganzoo.models.infogan",
    "CycleGAN": "ganzoo.models.cyclegan",
    "WGAN": "ganzoo.models.wgan",
    "WGANGP": "ganzoo.models.wgan_gp",
    "RelativisticGAN": "ganzoo.models.relativistic",
    "PointGAN": "ganzoo.models.point_gan",
    "FunctionGAN": "ganzoo.models.function_gan",
}

"""What the built-in data sets are, and under which licence their makers give them."""

LICENSES = {
    "brick": "a photograph of scikit-image, CC0",
    "grass": "a photograph of scikit-image, CC0",
    "gravel": "a photograph of scikit-image, CC0",
    "digits": "the UCI handwritten digits that scikit-learn ships (Alpaydin and Kaynak 1998), CC BY 4.0",
    "mnist": "MNIST (LeCun, Cortes and Burges), CC BY-SA 3.0",
    "fashion_mnist": "Fashion-MNIST (Zalando 2017), MIT",
    "cifar10": "CIFAR-10 (Krizhevsky 2009); its authors name no licence",
    "forest": "CIFAR-100 (Krizhevsky 2009); its authors name no licence",
    "outdoor": "CIFAR-100 (Krizhevsky 2009); its authors name no licence",
    "described_mnist": "MNIST (LeCun, Cortes and Burges), changed, CC BY-SA 3.0",
    "terrain": "heights that ganzoo makes; nobody's rights",
    "ring": "points that ganzoo draws; nobody's rights",
    "grid": "points that ganzoo draws; nobody's rights",
    "swiss_roll": "points that scikit-learn draws; nobody's rights",
} | dict.fromkeys(
    ("inverted_digits", "outlined_digits", "sheared_digits", "described_digits"),
    "the UCI handwritten digits that scikit-learn ships (Alpaydin and Kaynak 1998), changed, CC BY 4.0",
)

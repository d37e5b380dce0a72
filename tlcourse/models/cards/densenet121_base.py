"""DenseNet-121 without its head: the same weights in both frameworks."""

from tlcourse.models.cards._packed import base_card

CARD = base_card(
    "densenet121_base",
    "DenseNet-121",
    parameters=6_953_856,
    features=1024,
    input_size=224,
    min_size=32,
    reference="Huang et al. 2017, DenseNet (arXiv:1608.06993)",
    rule="imagenet",
    top1=75.0,
    licence="BSD-3-Clause (Keras Applications: ported from the weights of the authors; the package that "
    "carries them is under the MIT licence)",
    torch=("torchvision.models:densenet121", "torchvision.models.densenet121"),
    keras="DenseNet121",
    settings={"weights": None},
    head="classifier",
    dropout="head",
    place=25,
)

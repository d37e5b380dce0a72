"""VGG-16 without its dense layers: the same weights in both frameworks."""

from tlcourse.models.cards._packed import base_card

CARD = base_card(
    "vgg16_base",
    "VGG-16",
    parameters=14_714_688,
    features=512,
    input_size=224,
    min_size=32,
    reference="Simonyan and Zisserman 2015, VGG (arXiv:1409.1556)",
    rule="caffe",
    top1=71.3,
    licence="CC-BY-4.0 (weights of VGG, Oxford; the package that carries them is under the MIT licence)",
    torch=("torchvision.models:vgg16", "torchvision.models.vgg16"),
    keras="VGG16",
    settings={"weights": None},
    head="classifier",
    place=21,
)

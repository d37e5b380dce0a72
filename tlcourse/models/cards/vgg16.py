"""VGG-16."""

from tlcourse.models.cards._publishers import applications, h5, imagenet_card, pth, torchvision

CARD = imagenet_card(
    "vgg16",
    "VGG-16",
    features=512,
    input_size=224,
    min_size=32,
    reference="Simonyan and Zisserman 2015, VGG (arXiv:1409.1556)",
    torch=torchvision(
        "vgg16",
        "VGG16_Weights",
        138_357_544,
        71.592,
        pth("vgg16-397923af.pth", 553_434_000),
        head="classifier",
    ),
    keras=applications(
        "VGG16",
        138_357_544,
        71.3,
        "caffe",
        "CC-BY-4.0 (ported from the weights of VGG, Oxford)",
        h5(
            "vgg16/vgg16",
            ("64373286793e3c8b2b4e3219cbf3544b", 553_467_096),
            ("6d6bbae143d832006294945121d1f1fc", 58_889_256),
        ),
        flat_head=True,
    ),
    place=20,
)

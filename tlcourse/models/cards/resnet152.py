"""ResNet-152."""

from tlcourse.models.cards._publishers import (
    RESNET,
    RESNET_LICENCE,
    applications,
    h5,
    imagenet_card,
    pth,
    torchvision,
)

CARD = imagenet_card(
    "resnet152",
    "ResNet-152",
    features=2048,
    input_size=224,
    min_size=32,
    reference=RESNET,
    torch=torchvision(
        "resnet152", "ResNet152_Weights", 60_192_808, 78.312, pth("resnet152-394f9c45.pth", 241_628_000)
    ),
    keras=applications(
        "ResNet152",
        60_268_520,
        76.6,
        "caffe",
        RESNET_LICENCE,
        h5(
            "resnet/resnet152",
            ("100835be76be38e30d865e96f2aaae62", 242_900_000),
            ("ee4c566cf9a93f14d82f913c2dc6dd0c", 234_698_864),
        ),
    ),
    place=70,
)

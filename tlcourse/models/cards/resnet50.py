"""ResNet-50."""

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
    "resnet50",
    "ResNet-50",
    features=2048,
    input_size=224,
    min_size=32,
    reference=RESNET,
    torch=torchvision(
        "resnet50", "ResNet50_Weights", 25_557_032, 76.130, pth("resnet50-0676ba61.pth", 102_531_000)
    ),
    keras=applications(
        "ResNet50",
        25_583_592,
        74.9,
        "caffe",
        RESNET_LICENCE,
        h5(
            "resnet/resnet50",
            ("2cb95161c43110f7111970584f804107", 102_967_424),
            ("4d473c1dd8becc155b73f8504c6f6626", 94_765_736),
        ),
    ),
    place=60,
)

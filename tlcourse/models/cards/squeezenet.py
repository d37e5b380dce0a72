"""SqueezeNet 1.1, whose weights come with the course."""

from typing import Any

from tlcourse.models.cards._pretrained import Pretrained
from tlcourse.models.cards._publishers import DATA
from tlcourse.models.cards._record import ModelCard
from tlcourse.models.rules import WORDS

_LICENCE = "MIT (the package that they were taken from; the authors' own are under BSD-2-Clause)"
_PUBLISHED: dict[str, Any] = {
    "parameters": 1_235_496,
    "top1": 57.5,
    "top1_source": "Iandola et al. 2016, table 2, of version 1.0; 1.1 needs less work for as much",
    "rule": "mean",
    "licence": _LICENCE,
}

CARD = ModelCard(
    name="squeezenet",
    title="SqueezeNet 1.1, trained on ImageNet-1k",
    task="image classification (1000 classes); features of 512 numbers per image",
    parameters=1_235_496,
    input_size=227,
    preprocessing=WORDS["mean"],
    source_data=DATA,
    licence=_LICENCE,
    weights_from="the course itself, in half precision (checked by SHA-256); taken from the Python package "
    "ndf 0.1.4",
    reference="Iandola et al. 2016, SqueezeNet (arXiv:1602.07360)",
    pretrained=(
        Pretrained("torch", "torchvision.models.squeezenet1_1", **_PUBLISHED),
        Pretrained("keras", "the course's own network of Keras's layers", **_PUBLISHED),
    ),
    min_size=17,
    features=512,
    place=15,
)

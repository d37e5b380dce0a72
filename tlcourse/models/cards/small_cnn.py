"""A small convolutional network: the control, without pretrained weights."""

from tlcourse.models.cards._record import ModelCard
from tlcourse.models.rules import WORDS

CARD = ModelCard(
    name="small_cnn",
    title="A small convolutional network, the course's control",
    task="image classification, from scratch",
    parameters=94_762,
    input_size=64,
    preprocessing=WORDS["lite"],
    source_data="none: it always starts from random weights",
    licence="Apache-2.0",
    weights_from="none",
    reference="three 3x3 convolutions (32, 64, 128 channels), each with BatchNorm, ReLU and "
    "max-pooling, then global average pooling and a linear layer",
    features=128,
    place=90,
)

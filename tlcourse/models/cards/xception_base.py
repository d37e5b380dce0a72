"""Xception without its head: the same weights in both frameworks."""

from tlcourse.models.cards._packed import base_card

CARD = base_card(
    "xception_base",
    "Xception",
    parameters=20_806_952,
    features=2048,
    input_size=299,
    min_size=71,
    reference="Chollet 2017, Xception (arXiv:1610.02357)",
    rule="signed",
    top1=79.0,
    licence="MIT (trained by the authors of Keras; the package that carries them states none)",
    torch=("tlcourse.models.networks._torch:xception", "timm's legacy_xception"),
    keras="Xception",
    head="fc",
    dropout="drop_rate",
    place=51,
)

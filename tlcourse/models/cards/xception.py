"""Xception."""

from tlcourse.models.cards._pretrained import Pretrained, WeightFile
from tlcourse.models.cards._publishers import TIMM, applications, h5, imagenet_card

CARD = imagenet_card(
    "xception",
    "Xception",
    features=2048,
    input_size=299,
    min_size=71,
    reference="Chollet 2017, Xception (arXiv:1610.02357)",
    torch=Pretrained(
        framework="torch",
        library="timm's legacy_xception",
        parameters=22_855_952,
        top1=79.040,
        top1_source="timm, results/results-imagenet.csv, legacy_xception.tf_in1k",
        rule="half",
        licence="Apache-2.0 (timm's pretrained_cfg; ported from Keras's weights)",
        file=WeightFile(f"{TIMM}xception-43020ad28.pth", 91_670_000, "43020ad28", "sha256"),
        constructor="timm:create_model",
        settings={"model_name": "legacy_xception", "pretrained": False},
        head="fc",
        dropout="drop_rate",
    ),
    keras=applications(
        "Xception",
        22_855_952,
        79.0,
        "signed",
        "MIT (trained by the authors of Keras; the documentation of Keras 2)",
        h5(
            "xception/xception",
            ("0a58e3b7378bc2990ea3b43d5981f1f6", 91_884_032),
            ("b0042744bf5b25fce3cb969f33bebb97", 83_683_744),
        ),
    ),
    place=50,
)

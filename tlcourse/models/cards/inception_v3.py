"""Inception V3."""

from tlcourse.models.cards._publishers import applications, h5, imagenet_card, pth, torchvision

CARD = imagenet_card(
    "inception_v3",
    "Inception V3",
    features=2048,
    input_size=299,
    min_size=75,
    reference="Szegedy et al. 2016, Rethinking the Inception Architecture (arXiv:1512.00567)",
    # Without the auxiliary classifier, which is for training from scratch only: 3.3 million less. The
    # published weights were made for images from -1 to 1; with transform_input the network takes
    # torchvision's usual ones.
    torch=torchvision(
        "inception_v3",
        "Inception_V3_Weights",
        23_834_568,
        77.294,
        pth("inception_v3_google-0cc3c7bd.pth", 108_950_000),
        dropout="dropout",
        settings={"aux_logits": False, "transform_input": True, "init_weights": True},
    ),
    keras=applications(
        "InceptionV3",
        23_817_352,
        77.9,
        "signed",
        "Apache-2.0 (ported from Google's weights)",
        h5(
            "inception_v3/inception_v3",
            ("9a0d58056eeedaa3f26cb7ebd46da564", 96_112_376),
            ("bcbd6486424b2319ff4ef7d526e38f63", 87_910_968),
        ),
    ),
    place=40,
)

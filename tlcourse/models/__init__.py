"""Models: their cards, their weights, and how they see an image. Imports no framework until one is used.

Examples
--------
>>> from tlcourse import models
>>> models.card("efficientnet_lite0").licence
'Apache-2.0'
>>> len(models.imagenet_classes())
1000
"""

from tlcourse.models.adapting import cut_at, cut_head, one_channel
from tlcourse.models.cards import ModelCard, card, cards
from tlcourse.models.checkpoints import checkpoint
from tlcourse.models.images import preprocess
from tlcourse.models.labels import imagenet_classes, top_k
from tlcourse.models.loading import load
from tlcourse.models.resizing import center_crop, square

__all__ = [
    "ModelCard",
    "card",
    "cards",
    "center_crop",
    "checkpoint",
    "cut_at",
    "cut_head",
    "imagenet_classes",
    "load",
    "one_channel",
    "preprocess",
    "square",
    "top_k",
]

"""EfficientNet-Lite2."""

from tlcourse.models.cards._packed import lite_card

CARD = lite_card(2, parameters=6_092_072, input_size=260, top1=77.6, place=12)

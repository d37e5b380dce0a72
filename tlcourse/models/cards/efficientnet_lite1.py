"""EfficientNet-Lite1."""

from tlcourse.models.cards._packed import lite_card

CARD = lite_card(1, parameters=5_416_680, input_size=240, top1=76.7, place=11)

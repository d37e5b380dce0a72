"""The record of one model: its card."""

from __future__ import annotations

import html
from dataclasses import dataclass

from tlcourse.errors import UnknownNameError
from tlcourse.models.cards._pretrained import Pretrained

__all__ = ["ModelCard"]


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
        Side of the square image it was trained on, in pixels; other sizes work.
    preprocessing : str
        What :func:`tlcourse.models.preprocess` does.
    pretrained : tuple of Pretrained
        What each framework publishes: files, accuracy and its source, licence. Empty for small_cnn.
    min_size : int
        The smallest side that the network takes, in pixels.
    features : int
        Numbers that its backbone gives for an image.
    headless : bool
        Whether its weights end before the head, so that ``num_classes`` has to be given.
    place : int
        Where it stands in the table of all cards: lower comes first.

    Examples
    --------
    >>> from tlcourse.models import card
    >>> card("small_cnn").source_data
    'none: it always starts from random weights'
    >>> card("resnet50").of("torch").file.name
    'resnet50-0676ba61.pth'
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
    pretrained: tuple[Pretrained, ...] = ()
    min_size: int = 8
    features: int = 0
    headless: bool = False
    place: int = 100

    def of(self, framework: str) -> Pretrained:
        """What this framework publishes of the model.

        Parameters
        ----------
        framework : {"torch", "keras"}

        Raises
        ------
        UnknownNameError
            If nothing is published of it, or there is no such framework.

        Examples
        --------
        >>> from tlcourse.models import card
        >>> card("vgg16").of("keras").top1
        71.3
        """
        for entry in self.pretrained:
            if entry.framework == framework:
                return entry
        known = [entry.framework for entry in self.pretrained]
        raise UnknownNameError(f"pretrained {self.name} of a framework", framework, known)

    def rule(self, framework: str) -> str:
        """The rule by which the model's images are scaled, of :data:`tlcourse.models.rules.RULES`.

        Examples
        --------
        >>> from tlcourse.models import card
        >>> card("xception").rule("torch"), card("xception").rule("keras"), card("small_cnn").rule("keras")
        ('half', 'signed', 'lite')
        """
        return self.of(framework).rule if self.pretrained else "lite"

    def rows(self) -> list[tuple[str, str]]:
        """The card as (what, value) pairs, in reading order.

        Examples
        --------
        >>> from tlcourse.models import card
        >>> card("small_cnn").rows()[0]
        ('Name', 'small_cnn')
        """
        counts = {entry.parameters for entry in self.pretrained} | {self.parameters}
        parameters = f"{self.parameters:,}"
        if len(counts) > 1:
            parameters = "; ".join(f"{e.title}: {e.parameters:,}" for e in self.pretrained)
        return [
            ("Name", self.name),
            ("Task", self.task),
            ("Parameters", parameters),
            *self._accuracy(),
            ("Input", f"{self.input_size} x {self.input_size} pixels, RGB (other sizes work)"),
            ("Preprocessing", self.preprocessing),
            ("Trained on", self.source_data),
            ("Licence", self.licence),
            ("Weights from", self.weights_from),
            *self._files(),
            ("Reference", self.reference),
            ("Frameworks", ", ".join(self.frameworks)),
        ]

    def accuracy(self) -> str:
        """The published top-1 accuracy as text: one number, or one for each framework.

        Examples
        --------
        >>> from tlcourse.models import card
        >>> card("resnet50").accuracy()
        'PyTorch: 76.1 %; Keras: 74.9 %'
        >>> card("efficientnet_lite0").accuracy(), card("small_cnn").accuracy()
        ('75.1 %', 'none published')
        """
        if not self.pretrained:
            return "none published"
        if len({(e.top1, e.top1_source) for e in self.pretrained}) == 1:
            return f"{self.pretrained[0].top1:.1f} %"
        return "; ".join(f"{e.title}: {e.top1:.1f} %" for e in self.pretrained)

    def _accuracy(self) -> list[tuple[str, str]]:
        if not self.pretrained:
            return []
        sources = list(dict.fromkeys(e.top1_source for e in self.pretrained))
        return [("Accuracy", f"ImageNet top-1, {self.accuracy()} (from {'; '.join(sources)})")]

    def _files(self) -> list[tuple[str, str]]:
        held = [(e.title, e.file, e.body_file) for e in self.pretrained if e.file is not None]
        if not held:
            return []
        texts = [
            f"{title}: {file.name}, {file.megabytes}"
            + (f" (without head: {body.name}, {body.megabytes})" if body else "")
            for title, file, body in held
            if file
        ]
        return [("Weight files", "; ".join(texts))]

    def __str__(self) -> str:
        return "\n".join([self.title, *(f"  {what + ':':15}{value}" for what, value in self.rows())])

    def _repr_html_(self) -> str:
        body = "".join(
            f'<tr><th scope="row" style="text-align:left">{html.escape(what)}</th>'
            f'<td style="text-align:left">{html.escape(value)}</td></tr>'
            for what, value in self.rows()
        )
        return f"<table><caption>{html.escape(self.title)}</caption><tbody>{body}</tbody></table>"
